/** Options and what stands for them when they are left out. */

/** Every default, or what was chosen in its place. An option that is undefined, or null, was not chosen. */
export function withDefaults<Settings extends object>(defaults: Settings, options: Partial<Settings>): Settings {
  const settings = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof Settings)[]) settings[name] = options[name] ?? defaults[name];
  return settings;
}
