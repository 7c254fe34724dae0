/** Welcomes. Each is encrypted to newcomers' key packages, so a delivery service can only tell for whom it is. */
import { CIPHERSUITE } from './constants.js';
import { concat, items, uint, vector, type TlsReader } from './tls-codec.js';

/** A parsed Welcome. RFC 9420 section 12.4.3.1. */
export interface Welcome {
  /** Each newcomer's EncryptedGroupSecrets, whole, by KeyPackageRef in hexadecimal. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** Encrypted, the same for all. */
  readonly groupInfo: Uint8Array;
}

/** `u16 ciphersuite ‖ (ref<V> ‖ kem_output<V> ‖ ciphertext<V>)…<V> ‖ encrypted_group_info<V>`. @throws TlsError */
export function readWelcome(reader: TlsReader): Welcome {
  reader.expect(reader.u16(), CIPHERSUITE, 'the ciphersuite of the Welcome');
  const secrets = new Map(items(reader.vector(), readSecrets));
  return { secrets, groupInfo: reader.vector() };
}

function readSecrets(reader: TlsReader): readonly [ref: string, entry: Uint8Array] {
  const start = reader.offset;
  const ref = reader.vector();
  for (let part = 0; part < 2; part += 1) reader.vector();
  return [Buffer.from(ref).toString('hex'), reader.since(start)];
}

/** The Welcome with one newcomer's entry only, which must exist: the entries of others are useless to it. */
export function welcomeFor({ secrets, groupInfo }: Welcome, ref: string): Uint8Array {
  return concat(uint(CIPHERSUITE, 2), vector(secrets.get(ref)!), vector(groupInfo));
}
