/**
 * The DAVE delivery service of one call: passes key packages, proposals, commits and Welcomes between the clients, and keeps the
 * order that MLS needs. It is not a member of the group and cannot decrypt a frame.
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

/** The state of a call. Plain data. */
export interface DaveSnapshot {
  /** The lowest version that all clients share: 0 or 1. */
  readonly version: number;
  /** The version that the clients were last told to use: `version`, or still the previous one. */
  readonly versionInForce: number;
  /** The MLS epoch; 0 while there is no group. */
  readonly epoch: number;
  /** The users by leaf index; null is a blank leaf. */
  readonly leaves: readonly (Snowflake | null)[];
}

/**
 * One call. The caller reports who joins and leaves and what clients send; messages go out by the {@link DaveClient} of each. Everything happens
 * synchronously, within the method that causes it, except what waits for a timer. No message from a client makes it throw.
 */
export class DaveCall {
  /** Injects faults. */
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

  /** @throws RangeError for invalid options */
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

  /** Whether the user is a member of the group, and the clients were told that the call is encrypted. */
  encrypts(userId: Snowflake): boolean {
    return this.#transitions.inForce > 0 && this.#group.leaves.includes(userId);
  }

  get snapshot(): DaveSnapshot {
    const { epoch, leaves } = this.#group;
    return { version: this.#version, versionInForce: this.#transitions.inForce, epoch, leaves };
  }

  /** How many events of each kind occurred. */
  get counters(): DaveCounters {
    return this.#log.counters;
  }

  /**
   * The outcome that `join` would have for a client, for the opcode 4 that is sent before `join`.
   *
   * @param maxVersion `max_dave_protocol_version` of Identify; 0 if absent
   */
  admission(maxVersion: number): Admission {
    if (capped(maxVersion) === 0 && this.#settings.downgrade === 'refuse') return { refuse: CloseCode.DaveRequired };
    return { version: Math.min(this.#version, capped(maxVersion)) };
  }

  /**
   * Adds a client to the call: its opcode 4 was sent, and the others know it by opcode 11. In an encrypted call it is sent opcode 25, and is added to
   * the group when its key package arrives. For a user that is already in the call, this is a new session that replaces the old one.
   *
   * @throws RangeError if `client.userId` is not a snowflake
   */
  join(client: DaveClient, maxVersion: number): Admission {
    checkSnowflake(client.userId);
    const admission = this.admission(maxVersion);
    if ('refuse' in admission) return admission;
    this.#serial.run(() => {
      const before = this.#version;
      const participant = this.#arrive(client, maxVersion);
      // Version 0 has no group. And if the version has just risen from 0, because an old session of the user is gone, everybody was already asked.
      if (this.#version === 0 || before === 0) return;
      participant.beginAnew();
      this.#messages.externalSender(participant, this.#sender.announcement);
    });
    return admission;
  }

  /** Removes a client for good: the caller sends opcode 13 to the others, and we send a Remove. */
  leave(userId: Snowflake): void {
    this.#serial.run(() => {
      this.#absences.forget(userId);
      this.#depart(userId);
    });
  }

  /**
   * A client lost its socket and may resume. It stays a member for `removeGrace`; the caller keeps what is sent to it. With `misses`, the messages
   * are not kept: it leaves the group at once, and its return is handled as after the grace.
   */
  disconnected(userId: Snowflake, misses = false): void {
    const participant = this.#roster.get(userId);
    if (participant === undefined) return;
    this.#absences.begin(userId, participant.maxVersion, () => this.#serial.run(() => this.#depart(userId)));
    if (misses) this.#absences.lapse(userId);
  }

  /**
   * The same session has a socket again. Within the grace nothing changes; after it, the client is told to begin anew.
   *
   * @returns false if the user is not known at all
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
      // It missed every change of the version in its absence.
      this.#messages.prepareTransition(returned, this.#version, 0);
    });
    return true;
  }

  /** A binary message, without its opcode. Invalid ones are counted as events; the bytes are copied. */
  receiveBinary(userId: Snowflake, op: number, body: Uint8Array): void {
    this.#received.binary(userId, op, Uint8Array.from(body));
  }

  /** A JSON message: opcode 23 or 31. Invalid ones are counted as events. */
  receiveJson(userId: Snowflake, op: number, d: unknown): void {
    this.#received.json(userId, op, d);
  }

  /** Stops sending, and cancels every timer. */
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
    // Its old session is replaced: the version must not change in between.
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

  /** Sets the version to the lowest that all clients share. */
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
