/** The refusals of the REST API, in Discord's words. Source: Discord docs, Opcodes and Status Codes, JSON. */

/** Every refusal: HTTP status, JSON code, and message. */
export const API_ERRORS = {
  unauthorized: [401, 0, '401: Unauthorized'],
  'no such route': [404, 0, '404: Not Found'],
  'wrong method': [405, 0, '405: Method Not Allowed'],
  'unknown application': [404, 10002, 'Unknown Application'],
  'unknown channel': [404, 10003, 'Unknown Channel'],
  'unknown guild': [404, 10004, 'Unknown Guild'],
  'unknown member': [404, 10007, 'Unknown Member'],
  'unknown message': [404, 10008, 'Unknown Message'],
  'unknown role': [404, 10011, 'Unknown Role'],
  'unknown user': [404, 10013, 'Unknown User'],
  'unknown webhook': [404, 10015, 'Unknown Webhook'],
  'unknown interaction': [404, 10062, 'Unknown interaction'],
  'unknown command': [404, 10063, 'Unknown application command'],
  'unknown voice state': [404, 10065, 'Unknown Voice State'],
  'unknown stage instance': [404, 10067, 'Unknown Stage Instance'],
  'not connected to voice': [400, 40032, 'Target user is not connected to voice.'],
  'already acknowledged': [400, 40060, 'Interaction has already been acknowledged.'],
  'missing access': [403, 50001, 'Missing Access'],
  'other author': [403, 50005, 'Cannot edit a message authored by another user'],
  'empty message': [400, 50006, 'Cannot send an empty message'],
  'not in a text channel': [400, 50008, 'Cannot send messages in a non-text channel'],
  'missing permissions': [403, 50013, 'Missing Permissions'],
  'wrong channel type': [400, 50024, 'Cannot execute action on this channel type'],
  'invalid form': [400, 50035, 'Invalid Form Body'],
  'unreadable body': [400, 50109, 'The request body contains invalid JSON.'],
  'stage already open': [400, 150006, 'The Stage is already open'],
} as const satisfies Readonly<Record<string, readonly [status: number, code: number, message: string]>>;

/** The name of a refusal. */
export type ApiErrorName = keyof typeof API_ERRORS;

/** Thrown by request handlers, and sent as the answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The body of the answer. */
  readonly body: object;

  /** @param errors with `invalid form`: the message for each field */
  constructor(refusal: ApiErrorName, errors?: Readonly<Record<string, string>>) {
    const [status, code, message] = API_ERRORS[refusal];
    super(message);
    this.status = status;
    this.body = errors === undefined ? { message, code } : { message, code, errors: formErrors(errors) };
  }
}

function formErrors(errors: Readonly<Record<string, string>>): object {
  const entry = (message: string): object => ({ _errors: [{ code: 'BASE_TYPE_BAD', message }] });
  return Object.fromEntries(Object.entries(errors).map(([field, message]) => [field, entry(message)]));
}
