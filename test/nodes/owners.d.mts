import type { Observable } from 'rxjs';

export class Owners {
  constructor(server: { readonly events$: Observable<unknown>; readonly packets$: Observable<unknown> });
  report(): { readonly handovers: number; readonly violations: readonly string[] };
}
