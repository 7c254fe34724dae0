/** Makes the gateway adapter that `@discordjs/voice` requires from a `GatewayPort`. */

/** An adapter creator for one user. */
export function djsAdapter(gateway, userId) {
  return ({ onVoiceServerUpdate, onVoiceStateUpdate }) => {
    const events = gateway.subscribe(({ t, d }) => {
      if (t === 'VOICE_SERVER_UPDATE') onVoiceServerUpdate(d);
      if (t === 'VOICE_STATE_UPDATE' && d.user_id === userId) onVoiceStateUpdate(d);
    });
    return { sendPayload: (payload) => (gateway.next(payload), true), destroy: () => events.unsubscribe() };
  };
}
