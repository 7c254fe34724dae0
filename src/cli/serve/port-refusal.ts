/** Why a port cannot be listened on, and what to do. */
export function portRefusal(port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use, perhaps by another 'rxvoice serve': name another with --port, or 0 for any`;
  if (code === 'EACCES') return `port ${port} may not be used: name one of 1024 or more with --port, or 0 for any`;
  return `port ${port} cannot be listened on: ${message}`;
}
