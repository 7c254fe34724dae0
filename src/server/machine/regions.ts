/** The ports of the server. A region has one for WebSockets and one for datagrams. */
import type { SchedulerLike } from 'rxjs';
import type { Snowflake } from '../../types.js';
import { ControlPort } from '../control/port.js';
import { UdpSocket } from '../media/udp-socket.js';
import type { TlsIdentity } from '../options.js';
import type { GuildRegions, Region } from '../sessions/region.js';

/** Two ports of 127.0.0.1. */
export interface OpenRegion extends Region {
  readonly control: ControlPort;
  readonly udp: UdpSocket;
}

/** One region from the start, a second one on demand, and which guilds use it. */
export class Regions implements GuildRegions {
  /** The endpoint in VOICE_SERVER_UPDATE, unless a guild has moved to the other region. */
  readonly home: OpenRegion;
  #away: Promise<OpenRegion> | undefined;
  readonly #open: OpenRegion[];
  readonly #guildsAway = new Map<Snowflake, OpenRegion>();
  #onOpen: (region: OpenRegion) => void = () => undefined;

  private constructor(
    home: OpenRegion,
    private readonly tls: TlsIdentity | undefined,
    private readonly host: string,
    private readonly scheduler: SchedulerLike,
  ) {
    this.home = home;
    this.#open = [home];
  }

  /** @throws the error of node if a port cannot be bound, or if the TLS identity is unusable */
  static async open(tls: TlsIdentity | undefined, host: string, scheduler: SchedulerLike): Promise<Regions> {
    return new Regions(await openRegion(tls, host, scheduler), tls, host, scheduler);
  }

  /** Calls `onOpen` for the open region, and for each that opens later. */
  serve(onOpen: (region: OpenRegion) => void): void {
    this.#onOpen = onOpen;
    onOpen(this.home);
  }

  of(guildId: Snowflake): OpenRegion {
    return this.#guildsAway.get(guildId) ?? this.home;
  }

  /** Moves a guild from home to the other region, or back. @throws the error of node if no port is available for the other */
  async change(guildId: Snowflake): Promise<OpenRegion> {
    const away = await (this.#away ??= this.#openAway());
    if (!this.#guildsAway.delete(guildId)) this.#guildsAway.set(guildId, away);
    return this.of(guildId);
  }

  /** Releases every port; {@link Regions.reopen} takes them again. */
  async shut(): Promise<void> {
    await Promise.all(this.#open.flatMap(({ control, udp }) => [control.shut(), udp.close()]));
  }

  /** @throws the error of node if another process has a port now */
  async reopen(): Promise<void> {
    await Promise.all(this.#open.flatMap(({ control, udp }) => [control.reopen(), udp.reopen()]));
  }

  /** Breaks every connection; resolves when nothing is open. The ports cannot be reopened. */
  async close(): Promise<void> {
    await this.#away?.catch(() => undefined);
    await Promise.all(this.#open.flatMap(({ control, udp }) => [control.close(), udp.close()]));
  }

  async #openAway(): Promise<OpenRegion> {
    const region = await openRegion(this.tls, this.host, this.scheduler);
    this.#open.push(region);
    this.#onOpen(region);
    return region;
  }
}

async function openRegion(tls: TlsIdentity | undefined, host: string, scheduler: SchedulerLike): Promise<OpenRegion> {
  const control = await ControlPort.listen(tls, host);
  try {
    return { endpoint: control.endpoint, control, udp: await UdpSocket.bind(scheduler) };
  } catch (error) {
    await control.close();
    throw error;
  }
}
