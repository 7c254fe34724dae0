/**
 * The DAVE delivery service of one call: passes key packages, proposals, commits and Welcomes between the clients, and keeps the
 * order that MLS needs. It is no member of the group and cannot decrypt a frame.
 *
 * Source: Discord docs, Voice Connections, "End-to-End Encryption"; DAVE whitepaper, "Voice Gateway Opcodes".
 */
import { CloseCode } from '../../protocol/close-codes.js';
import type { Snowflake } from '../../types.js';
import { DaveLog, type DaveCounters } from './events.js';
import { createDaveFaults, DaveFaultState, type DaveFaults } from './faults.js';
import { ClientMessages } from './group/client-messages.js';
import { GroupManager } from './group/manager.js';
import { ServerMessages } from './group/server-messages.js';
import { Transitions, type Transition } from './group/transitions.js';
import { Absences } from './members/absences.js';
import { FlagBackoff } from './members/flag-backoff.js';
import { Participant, type DaveClient } from './members/participant.js';
import { capped, lowestVersion, MAX_VERSION, type Admission } from './members/versions.js';
import { ExternalSender } from './mls/external-sender.js';
import { uint64 } from './mls/tls-codec.js';
import { checkSnowflake, resolveDaveOptions, type DaveCallOptions, type DaveSettings } from './options.js';
import { Serial } from './serial.js';

/** Where a call stands. Plain data. */
export interface DaveSnapshot {
  /** The lowest version that all clients share: 0 or 1. */
  readonly version: number;
  /** The version that the clients were last told to use: `version`, or still the one before it. */
  readonly versionInForce: number;
  /** The MLS epoch; 0 while there is no group. */
  readonly epoch: number;
  /** The users by leaf index; null is a blank leaf. */
  readonly leaves: readonly (Snowflake | null)[];
}

/**
 * One call. It is told who joins and leaves and what clients send, and sends by the {@link DaveClient} of each; everything happens
 * at once, within the call that causes it, but for what waits for a timer. Nothing that comes from a client makes it throw.
 */
export class DaveCall {
  /** What can be made to go wrong. */
  readonly faults: DaveFaults;
  readonly #settings: DaveSettings;
  readonly #log: DaveLog;
  readonly #roster = new Map<Snowflake, Participant>();
  readonly #absences: Absences;
  readonly #faultState = new DaveFaultState();
  readonly #backoff: FlagBackoff;
  readonly #sender: ExternalSender;
  readonly #messages: ServerMessages;
  readonly #transitions: Transitions;
  readonly #group: GroupManager;
  readonly #received: ClientMessages;
  #version = MAX_VERSION;
  readonly #serial = new Serial(() => (this.#version > 0 ? this.#group.settle() : undefined));

  /** @throws RangeError for options that no call can work with */
  constructor(options: DaveCallOptions) {
    const settings = resolveDaveOptions(options);
    const { channelId, scheduler, random, firstTransitionId, transitionTimeout, stallTimeout } = settings;
    this.#settings = settings;
    this.#log = new DaveLog(settings.onEvent);
    const [roster, log, faults] = [this.#roster, this.#log, this.#faultState];
    const groupId = uint64(BigInt(channelId));
    this.#sender = new ExternalSender(groupId);
    this.#backoff = new FlagBackoff(scheduler, () => this.#serial.run(() => undefined));
    this.#absences = new Absences(scheduler, settings.removeGrace);
    this.#messages = new ServerMessages({
      log, faults, scheduler, random, isPresent: (participant) => roster.get(participant.userId) === participant,
    }); // prettier-ignore
    this.#transitions = new Transitions({
      scheduler,
      timeout: transitionTimeout,
      firstId: firstTransitionId === 0 ? 1 : firstTransitionId,
      execute: (transition, timedOut) => this.#execute(transition, timedOut),
    });
    this.#group = new GroupManager({
      roster, groupId, sender: this.#sender, transitions: this.#transitions, messages: this.#messages, faults, log, scheduler,
      stallTimeout, enter: (action) => this.#serial.run(action), foundsAtOnce: firstTransitionId === 0,
    }); // prettier-ignore
    this.#received = new ClientMessages({
      roster, serial: this.#serial, group: this.#group, transitions: this.#transitions, backoff: this.#backoff, log,
      version: () => this.#version,
    }); // prettier-ignore
    this.faults = createDaveFaults(this.#faultState, {
      garbageProposals: (userId) => this.#sendGarbage(userId),
      announce: () => this.#serial.run(() => this.#group.announce()),
      reset: () => this.#serial.run(() => (this.#version > 0 ? this.#group.reset('asked') : undefined)),
    });
  }

  /** The lowest version that all clients share: 0 or 1; 1 without clients. */
  get version(): number {
    return this.#version;
  }

  /** Whether the user is a member of the group, and the call is told to be encrypted. */
  encrypts(userId: Snowflake): boolean {
    return this.#transitions.inForce > 0 && this.#group.leaves.includes(userId);
  }

  get snapshot(): DaveSnapshot {
    const { epoch, leaves } = this.#group;
    return { version: this.#version, versionInForce: this.#transitions.inForce, epoch, leaves };
  }

  /** How many events of each kind there were. */
  get counters(): DaveCounters {
    return this.#log.counters;
  }

  /**
   * What `join` will say to a client, for the opcode 4 that comes before it.
   *
   * @param maxVersion `max_dave_protocol_version` of Identify; 0 where that is absent
   */
  admission(maxVersion: number): Admission {
    if (capped(maxVersion) === 0 && this.#settings.downgrade === 'refuse') return { refuse: CloseCode.DaveRequired };
    return { version: Math.min(this.#version, capped(maxVersion)) };
  }

  /**
   * A client is in the call: its opcode 4 was sent, and the others know it by opcode 11. In an encrypted call it gets opcode 25, and
   * is added when its key package comes. Of a user that is in the call already, this is a new session in place of the old one.
   *
   * @throws RangeError when `client.userId` is no snowflake
   */
  join(client: DaveClient, maxVersion: number): Admission {
    checkSnowflake(client.userId);
    const admission = this.admission(maxVersion);
    if ('refuse' in admission) return admission;
    this.#serial.run(() => {
      const before = this.#version;
      const participant = this.#arrive(client, maxVersion);
      // Version 0 has no group. And on the way up from it, as an old session of the user is gone, everybody was asked.
      if (this.#version === 0 || before === 0) return;
      participant.beginAnew();
      this.#messages.externalSender(participant, this.#sender.announcement);
    });
    return admission;
  }

  /** A client is gone for good: the others are sent opcode 13 by whoever calls this, and a Remove by us. */
  leave(userId: Snowflake): void {
    this.#serial.run(() => {
      this.#absences.forget(userId);
      this.#depart(userId);
    });
  }

  /**
   * A client lost its socket and may resume. It stays a member for `removeGrace`; what is sent to it is to be kept. With `misses`, where it
   * is not, it leaves the group at once, and its return is as after the grace.
   */
  disconnected(userId: Snowflake, misses = false): void {
    const participant = this.#roster.get(userId);
    if (participant === undefined) return;
    this.#absences.begin(userId, participant.maxVersion, () => this.#serial.run(() => this.#depart(userId)));
    if (misses) this.#absences.lapse(userId);
  }

  /**
   * The same session has a socket again. Within the grace nothing happened; after it, the client is told to begin anew.
   *
   * @returns false when the user is not known at all
   */
  reconnected(client: DaveClient): boolean {
    const { userId } = client;
    const lapsed = this.#absences.end(userId);
    const participant = this.#roster.get(userId);
    if (participant !== undefined) {
      participant.client = client;
      participant.resumed();
      return true;
    }
    if (lapsed === undefined) return false;
    this.#serial.run(() => {
      const returned = this.#arrive(client, lapsed);
      if (lapsed === 0) return;
      if (this.#version > 0) {
        returned.beginAnew();
        this.#messages.prepareEpoch(returned, this.#version);
        this.#messages.externalSender(returned, this.#sender.announcement);
      }
      // It missed whatever changed the version meanwhile.
      this.#messages.prepareTransition(returned, this.#version, 0);
    });
    return true;
  }

  /** A binary message, without its opcode. Bad ones are counted events; the bytes are only lent. */
  receiveBinary(userId: Snowflake, op: number, body: Uint8Array): void {
    this.#received.binary(userId, op, Uint8Array.from(body));
  }

  /** A JSON message: opcode 23 or 31. Bad ones are counted events. */
  receiveJson(userId: Snowflake, op: number, d: unknown): void {
    this.#received.json(userId, op, d);
  }

  /** Sends nothing any more, and runs no timer. */
  close(): void {
    this.#serial.close();
    this.#transitions.clear();
    this.#group.dissolve();
    this.#absences.close();
    this.#backoff.close();
    this.#messages.close();
  }

  #arrive(client: DaveClient, maxVersion: number): Participant {
    const { userId } = client;
    this.#absences.forget(userId);
    // Its other session is replaced: no change of version in between.
    this.#retire(userId);
    const participant = new Participant(client, capped(maxVersion));
    this.#roster.set(userId, participant);
    this.#agree();
    return participant;
  }

  #depart(userId: Snowflake): void {
    this.#retire(userId);
    this.#agree();
    if (this.#roster.size > 0) return;
    this.#transitions.clear();
    this.#transitions.inForce = MAX_VERSION;
    this.#group.dissolve();
  }

  #retire(userId: Snowflake): void {
    this.#roster.get(userId)?.dismiss();
    this.#roster.delete(userId);
    this.#transitions.drop(userId);
  }

  /** Lets the version follow the clients. */
  #agree(): void {
    const lowest = lowestVersion(this.#roster.values());
    if (lowest === this.#version) return;
    this.#version = lowest;
    this.#log.emit({ type: 'version', version: lowest });
    if (lowest > 0) return this.#roster.size > 0 ? this.#group.reset('upgrade') : undefined;
    this.#group.dissolve();
    const able = [...this.#roster.values()].filter(({ maxVersion }) => maxVersion > 0);
    const id = able.length === 0 ? 0 : this.#transitions.nextId();
    for (const participant of able) this.#messages.prepareTransition(participant, 0, id);
    this.#transitions.begin(id, 0, able.map(({ userId }) => userId));
  }

  #sendGarbage(userId: Snowflake | undefined): void {
    for (const member of this.#group.members)
      if (userId === undefined || member.userId === userId) this.#messages.garbageProposals(member);
  }

  #execute({ id, version, recipients }: Transition, timedOut: boolean): void {
    this.#log.emit({ type: 'executed', transitionId: id, version, timedOut });
    if (this.#faultState.executesLost > 0) {
      this.#faultState.executesLost -= 1;
      return;
    }
    for (const userId of recipients) {
      const participant = this.#roster.get(userId);
      if (participant !== undefined) this.#messages.executeTransition(participant, id);
    }
  }
}
