/** Options and their defaults. */

/** Every default, or the option given in its place. An option that is undefined or null counts as not given. */
export function withDefaults<Settings extends object>(defaults: Settings, options: Partial<Settings>): Settings {
  const settings = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof Settings)[]) settings[name] = options[name] ?? defaults[name];
  return settings;
}
