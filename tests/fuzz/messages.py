"""ONNX models, damaged field by field: the bytes stay a message that protobuf reads."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from numpy.random import Generator
from onnx import ModelProto

from fuzz.mutations import EXTREMES

LABELS = ["", "x", "w", "Conv", "ai.onnx", "If", "Identity", "../../up", "/etc/passwd", "a\nb\0c", "$x_1$", "n" * 500]
NUMBERS = [*EXTREMES, 2, 3, 9, 16, -1, -(2**31), -(2**63)]


def damaged_message(data: bytes, rng: Generator) -> bytes:
    """The model in `data` with one to some dozen fields changed."""
    model = ModelProto.FromString(data)
    for _ in range(min(int(rng.geometric(0.4)), 40)):
        messages = list(_messages(model))
        message = messages[rng.integers(len(messages))]
        present = [field for field, _ in message.ListFields()]
        fields = present if present and rng.random() < 0.7 else message.DESCRIPTOR.fields
        field = fields[rng.integers(len(fields))]
        if field.is_repeated:
            _change_repeated(message, field, rng, messages)
        elif field.message_type is not None:
            _copy(getattr(message, field.name), rng, messages)
        else:
            setattr(message, field.name, _value(field, getattr(message, field.name), rng, messages))
    return model.SerializeToString()


def _messages(message: Message) -> Iterator[Message]:
    """A message and all inside it."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for inner in value if field.is_repeated else [value]:
                yield from _messages(inner)


def _change_repeated(message: Message, field: FieldDescriptor, rng: Generator, messages: list[Message]) -> None:
    items = getattr(message, field.name)
    action = rng.integers(4)
    if items and action == 0:
        del items[int(rng.integers(len(items)))]
    elif field.message_type is not None:
        _copy(items[rng.integers(len(items))] if items and action == 1 else items.add(), rng, messages)
    elif items and action == 1:
        position = int(rng.integers(len(items)))
        items[position] = _value(field, items[position], rng, messages)
    else:
        items.append(_value(field, items[0] if items else field.default_value or 0, rng, messages))


def _copy(target: Message, rng: Generator, messages: list[Message]) -> None:
    """Make `target` a copy of another of its kind, or empty."""
    alike = [message for message in messages if message.DESCRIPTOR == target.DESCRIPTOR and message is not target]
    chosen = alike[rng.integers(len(alike))] if alike and rng.random() < 0.9 else type(target)()
    content = chosen.SerializeToString()  # it may hold the target, or be held by it
    if len(content) < 100_000:
        target.ParseFromString(content)
    target.SetInParent()


def _value(field: FieldDescriptor, old: Any, rng: Generator, messages: list[Message]) -> Any:
    if field.enum_type is not None:
        numbers = [value.number for value in field.enum_type.values]
        return numbers[rng.integers(len(numbers))]
    if field.cpp_type in {FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE}:
        return [0.0, -1.0, 1e38, float("nan"), float("inf")][rng.integers(5)]
    if field.type == FieldDescriptor.TYPE_BYTES:
        return [b"", bytes(old)[:-1] if old else b"\0", rng.bytes(36), rng.bytes(7)][rng.integers(4)]
    if field.type == FieldDescriptor.TYPE_STRING:
        used = [text for message in messages for f, text in message.ListFields() if isinstance(text, str)]
        choices = LABELS if rng.random() < 0.4 or not used else used
        return choices[rng.integers(len(choices))]
    bits = 32 if field.cpp_type in {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_UINT32} else 64
    signed = field.cpp_type in {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64}
    choices = [*NUMBERS, int(old) - 1, int(old) + 1, int(old) * 2]
    number = choices[rng.integers(len(choices))] % (1 << bits)
    return number - (1 << bits) if signed and number >> (bits - 1) else number
