"""Reads TensorBoard's event files with nothing but Python: frames with both checksums, and the protocol buffers by hand.

    python3 tests/peers/tensorboard_reader.py FOLDER

One JSON object a line for each value: file, step, wall_time, tag, and scalar, text or image (width, height, whether it is a PNG). Ends with an error where a frame is wrong.
The formats: TFRecord (tensorflow/core/lib/io/record_writer.cc), event.proto, summary.proto, tensor.proto.
"""

import glob
import json
import os
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def frames(data):
    at = 0
    while at < len(data):
        length, crc = struct.unpack_from("<QI", data, at)
        assert crc == masked_crc(data[at:at + 8]), f"checksum of the length at {at}"
        content = data[at + 12:at + 12 + length]
        assert len(content) == length, f"the frame at {at} is cut off"
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked_crc(content), f"checksum of the content at {at}"
        yield content
        at += 16 + length


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = data[at:at + 8], at + 8
        elif kind == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        elif kind == 5:
            value, at = data[at:at + 4], at + 4
        else:
            raise ValueError(f"wire type {kind}")
        yield key >> 3, value


def first(data, number, default=None):
    return next((value for field, value in fields(data) if field == number), default)


def value(data):
    entry = {"tag": first(data, 1).decode()}
    for number, content in fields(data):
        if number == 2:
            entry["scalar"] = struct.unpack("<f", content)[0]
        elif number == 4:
            png = first(content, 4)
            # The sides in the PNG's own header must be those that are said.
            entry["image"] = {"height": first(content, 1), "width": first(content, 2), "is_png": png[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", png[16:24]) == (first(content, 2), first(content, 1))}
        elif number == 8:
            assert first(content, 1) == 7, "a text is a tensor of strings"
            entry["text"] = first(content, 8).decode()
        elif number == 9:
            entry["plugin"] = first(first(content, 1), 1).decode()
    return entry


for path in sorted(glob.glob(os.path.join(sys.argv[1], "events.out.tfevents.*"))):
    with open(path, "rb") as file:
        contents = list(frames(file.read()))
    assert first(contents[0], 3) == b"brain.Event:2", "the first event says the version"
    for content in contents[1:]:
        header = {"file": os.path.basename(path), "step": first(content, 2, 0), "wall_time": struct.unpack("<d", first(content, 1))[0]}
        if (session := first(content, 7)) is not None:
            print(json.dumps({**header, "session": first(session, 1)}))
        for number, part in fields(first(content, 5, b"")):
            if number == 1:
                print(json.dumps({**header, **value(part)}))
