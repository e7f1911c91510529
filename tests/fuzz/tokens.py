"""What means something in a pickle, in a CSV table, and as an attribute."""

from typing import Any

import h5py
import numpy as np

PICKLE = [
    *(b"N", b".", b"(", b"]", b"t", b"e", b"a", b"R", b"b", b"l", b"}", b"\x88", b"\x94", b"\x85", b"\x86", b"\x87"),
    *(b"\x8c\x01a", b"K\x01", b"J\xff\xff\xff\xff", b"h\x00", b"q\x00", b"I99999999999999999999\n", b"C\x08\0\0\0\0"),
    *(b"cos\nsystem\n", b"cnumpy\ndtype\n", b"\x8a\xff" + b"\xff" * 255, b"B\xff\xff\xff\x7f", b"\x8e" + b"\xff" * 8),
    *(b"\x8b\xff\xff\xff\x7f", b"X\xff\xff\xff\xff", b"\x8e\0\0\0\0\xff\0\0\0", b"j\xff\xff\xff\xff", b"Vx\\ud800\n"),
]
CSV = [
    *(
        b",",
        b"\n",
        b'"',
        b"\r",
        b"\0",
        b":",
        b"-",
        b" ",
        b"[",
        b"]",
        b"\xff",
        b"\xed\xa0\x80",
        b"nan",
        b"inf",
        b"1e400",
    ),
    *(
        b"0:0",
        b"-1:5",
        b"9" * 20,
        b"5:3",
        b"\xef\xbb\xbf",
        "٣:٤".encode(),
        b"1_0",
        b"filter_ids",
        b"model_id",
        b"layer",
    ),
    *(b"$x_1$", b"<script>", b"../" * 9, b"n_filters", b"Datatype", b"Visual Category", b"Name", b"model", b"0:1 3:4"),
]
VALUES: list[Any] = [
    *(0, -1, 2**63, np.nan, "text.", b"N.", True, h5py.Empty("f4"), np.arange(500), np.zeros((0, 3)), np.complex64(1)),
    *(np.array(["a", "b"], "S1"), np.array([(1, 2.0)], "i4,f8"), h5py.h5r.Reference(), np.float16(1), ["ü", ""]),
    *(np.array([0, 4]), b"category", b"datetime64[ns]", b"datetime64[x]", b"bool", b"integer", b"float"),
]
