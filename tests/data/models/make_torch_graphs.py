"""Write the files in torch_graphs/: small networks in all formats of PyTorch that have a graph, and as ONNX.

Run by hand with PyTorch 2.13.0 (CPU), onnx 1.23.2 and onnxscript 0.7.2. Files are packed again without debug
information, which is most of their bytes, and without the padding between members. `NAME.npz` has the weights by
PyTorch, multiplied by the BatchNorm behind them.
"""

import io
import json
import warnings
import zipfile
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch._export.serde.serialize import serialize
from torch.ao import quantization
from torch_graph_nets import Branches, Computed, Condition, Control, Loop, Quantised, Residual, Unet

FOLDER = Path(__file__).with_name("torch_graphs")


def quantised(x):
    """The network after quantisation for phones."""
    torch.backends.quantized.engine = "qnnpack"
    net = made(Quantised)
    net.qconfig = quantization.get_default_qconfig("qnnpack")
    net.last.qconfig = None
    prepared = quantization.prepare(quantization.fuse_modules(net, [["second", "relu"]]))
    prepared(x)
    return quantization.convert(prepared)


def made(kind):
    """A network with statistics that are not those of a new one."""
    torch.manual_seed(0)
    net = kind()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.3, 3)
            if module.affine:
                module.weight.data.uniform_(0.5, 2)
    return net.eval()


def folded(net, followers):
    """The weights of all 2-D convolutions, multiplied by the BatchNorm that follows."""
    modules = dict(net.named_modules())
    found = {}
    for name, module in modules.items():
        if isinstance(module, nn.Conv2d):
            weight = module.weight.detach().double()
            if name in followers:
                norm = modules[followers[name]]
                weight = weight * (norm.weight / torch.sqrt(norm.running_var + norm.eps)).reshape(-1, 1, 1, 1)
            found[name] = weight.detach().float().numpy()
    return found


def followers(net):
    """The BatchNorm behind each convolution, by their names."""
    names = [name for name, module in net.named_modules() if isinstance(module, nn.Conv2d)]
    found = {}
    for name in names:
        parent, _, last = name.rpartition(".")
        behind = f"{parent}.1" if last == "0" else name.replace("conv", "bn")
        if isinstance(dict(net.named_modules()).get(behind), nn.BatchNorm2d):
            found[name] = behind
    return found


def small(content):
    """JSON without what readers do not need: lines of code, sizes of values, devices."""
    empty = {"metadata": {}, "tensor_values": {}, "module_call_graph": []}
    gone = ("kind", "is_hop_single_tensor_return", "requires_grad", "device")

    def shorter(value):
        if isinstance(value, list):
            return [shorter(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: empty.get(key, shorter(item)) for key, item in value.items() if key not in gone}

    return json.dumps(shorter(json.loads(content)), separators=(",", ":")).encode()


def pack(content, name):
    """Write a zip file again without padding and debug information; code is compressed, as in the original."""
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(FOLDER / name, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith((".debug_pkl", "serialization_id", "sample_inputs/model.pt")):
                continue
            if entry.filename.endswith(".json"):
                data = small(data)
            new.writestr(zipfile.ZipInfo(entry.filename), data, entry.compress_type)


def save_export(program, name):
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    pack(buffer.getvalue(), f"{name}.pt2")


def save_old_export(program, name):
    """The layout of older versions: the state_dict is a file by torch.save."""
    parts = serialize(program)
    with zipfile.ZipFile(FOLDER / f"{name}.pt2", "w") as archive:
        archive.writestr("version", "8.8")
        archive.writestr("serialized_exported_program.json", small(parts.exported_program))
        archive.writestr("serialized_state_dict.pt", parts.state_dict)
        archive.writestr("serialized_constants.pt", parts.constants)


def save_script(module, name, optimized=False):
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    pack(buffer.getvalue(), f"{name}.pt")


def save_onnx(net, x, name, dynamo):
    path = FOLDER / f"{name}.onnx"
    options = {"external_data": False} if dynamo else {}
    torch.onnx.export(net, (x,), path, dynamo=dynamo, verbose=False, **options)
    model = onnx.load(path)
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    for field in ("metadata_props", "value_info"):
        model.graph.ClearField(field)
    onnx.save(model, path)


def main():
    warnings.filterwarnings("ignore")
    FOLDER.mkdir(exist_ok=True)
    x = torch.randn(2, 3, 8, 8)
    for name, kind in {"residual": Residual, "branches": Branches, "unet": Unet}.items():
        net = made(kind)
        np.savez(FOLDER / f"{name}.npz", **folded(net, followers(net)))
        program = torch.export.export(net, (x,))
        save_export(program, name)
        save_script(torch.jit.trace(net, x), f"{name}_trace")
        script = torch.jit.script(net)
        save_script(script, f"{name}_script")
        save_script(torch.jit.freeze(script), f"{name}_frozen")
        save_onnx(net, x, f"{name}_legacy", dynamo=False)
        save_onnx(net, x, f"{name}_dynamo", dynamo=True)
    program, script = torch.export.export(made(Unet), (x,)), torch.jit.script(made(Unet))
    save_export(program.run_decompositions(), "unet_decomposed")
    save_export(torch.export.export(made(Unet).train(), (x,)), "unet_train")
    save_old_export(program, "unet_old")
    save_script(torch.jit.script(made(Unet).train()), "unet_script_train")
    save_script(torch.jit.freeze(script, optimize_numerics=False), "unet_frozen_apart")
    save_script(torch.jit.optimize_for_inference(torch.jit.script(made(Unet))), "unet_optimized")

    x = torch.randn(1, 3, 16, 16)
    net = made(Computed)
    np.savez(FOLDER / "computed.npz", **folded(net, {}))
    program = torch.export.export(net, (x,))
    save_export(program, "computed")
    save_export(program.run_decompositions(), "computed_decomposed")
    save_script(torch.jit.trace(net, x), "computed_trace")
    save_export(torch.export.export(made(Condition), (x,)), "condition")
    save_export(torch.export.export(made(Loop), (x,)), "loop")
    save_script(torch.jit.script(made(Control)), "control_script")
    save_script(torch.jit.script(quantised(x)), "quantised_script")


if __name__ == "__main__":
    main()
