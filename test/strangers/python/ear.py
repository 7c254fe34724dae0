"""Gets played frames out of datagrams, for libraries that send audio and leave receiving to extensions."""

import struct
import sys

import nacl.secret

SILENCE = b'\xf8\xff\xfe'
OPUS_PAYLOAD_TYPE = 0x78
RTP_HEADER_BYTES = 12
PREAMBLE_BYTES = 4
NONCE_BYTES = 24
COUNTER_BYTES = 4
# The user of an SSRC is announced on another socket, and the announcement may be late, so one second of audio is kept.
MOST_HELD = 50


class Ear:
    """
    Opens datagrams in the mode `aead_xchacha20_poly1305_rtpsize` (Discord docs, Voice Connections, "Transport Encryption and
    Sending Voice"), finds their users, and passes on frames that are not silence. Call it in one thread only.

    key() -> bytes                     the current transport key
    decrypt(user_id, frame) -> bytes   removes the library's end-to-end encryption
    heard(user_id, frame)              gets each played frame
    """

    def __init__(self, key, decrypt, heard):
        self._key = key
        self._decrypt = decrypt
        self._heard = heard
        self._users = {}
        self._held = {}

    def introduce(self, ssrc, user_id):
        """Records the user of an SSRC, from opcode 5."""
        self._users[ssrc] = user_id
        for frame in self._held.pop(ssrc, []):
            self._hand_on(user_id, frame)

    def take(self, datagram):
        """Takes any datagram. Reports on stderr one that cannot be opened, because the test will miss the frame."""
        if len(datagram) < RTP_HEADER_BYTES or datagram[0] >> 6 != 2 or datagram[1] & 0x7F != OPUS_PAYLOAD_TYPE:
            return
        try:
            payload = self._open(datagram)
        except Exception as error:
            print(f'a datagram cannot be opened: {error!r}', file=sys.stderr)
            return
        if payload == SILENCE or payload == b'':
            return
        (ssrc,) = struct.unpack_from('>I', datagram, 8)
        if ssrc in self._users:
            self._hand_on(self._users[ssrc], payload)
        elif len(self._held.setdefault(ssrc, [])) < MOST_HELD:
            self._held[ssrc].append(payload)

    def _open(self, datagram):
        """CSRC list and the extension's preamble are not encrypted; the extension and the padding are."""
        extended = datagram[0] & 0x10 != 0
        padded = datagram[0] & 0x20 != 0
        header = datagram[: RTP_HEADER_BYTES + (datagram[0] & 0x0F) * 4 + (PREAMBLE_BYTES if extended else 0)]
        counter = datagram[-COUNTER_BYTES:]
        sealed = datagram[len(header) : -COUNTER_BYTES]
        plain = nacl.secret.Aead(self._key()).decrypt(sealed, header, counter.ljust(NONCE_BYTES, b'\0'))
        if extended:
            plain = plain[struct.unpack('>H', header[-2:])[0] * 4 :]
        return plain[: -plain[-1]] if padded else plain

    def _hand_on(self, user_id, frame):
        try:
            self._heard(user_id, self._decrypt(user_id, frame))
        except Exception as error:
            print(f'a frame of {user_id} cannot be decrypted: {error!r}', file=sys.stderr)
