"""PyTorch files made without PyTorch, byte by byte, so that any of them can be wrong."""

import pickle
import zipfile
from io import BytesIO

EMPTY = b"ccollections\nOrderedDict\n)R"


def plain(value):
    """A value as part of a pickle."""
    return pickle.dumps(value, 2)[2:-1]


def storage(key, count, kind="Float"):
    """A reference to numbers in the file, by PyTorch's name of their type."""
    rest = b"".join(map(plain, (key, "cpu", count)))
    return b"(" + plain("storage") + b"ctorch\n%sStorage\n" % kind.encode() + rest + b"tQ"


def tensor(key, count, shape, strides, offset=0, kind="Float", function=b"_rebuild_tensor_v2"):
    """The call that makes a tensor, as torch.save writes it."""
    view = b"".join(map(plain, (offset, shape, strides)))
    return b"ctorch._utils\n" + function + b"\n(" + storage(key, count, kind) + view + b"\x89" + EMPTY + b"tR"


def mapping(items):
    """A dictionary whose values are parts of a pickle."""
    return b"}(" + b"".join(plain(key) + value for key, value in items.items()) + b"u"


def zip_file(saved, storages, **members):
    """A file in the format since PyTorch 1.6; `saved` is part of a pickle, `storages` are bytes by key."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("m/data.pkl", b"\x80\x02" + saved + b".")
        for name, content in members.items():
            archive.writestr(f"m/{name}", content)
        for key, content in storages.items():
            archive.writestr(f"m/data/{key}", content)
    return file.getvalue()
