"""What synthetic models can be: architectures, tasks, data types and training sets like those of the papers' data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """The 3×3 layers of models with one name: about how many there are, and how their channels change with depth.

    `shape` is pyramid (channels grow from `first` to `last`), hourglass (they grow, then shrink again) or flat (`first`
    input and `last` output channels everywhere). `groups` holds for every layer except the first; 0 means depthwise.
    """

    layers: int
    first: int
    last: int
    shape: str = "pyramid"
    groups: int = 1


ARCHITECTURES = {
    "ResNet-18": Architecture(17, 64, 512),
    "ResNet-34": Architecture(33, 64, 512),
    "ResNet-50": Architecture(16, 64, 512),
    "ResNet-101": Architecture(33, 64, 512),
    "ResNet-152": Architecture(50, 64, 512),
    "Wide ResNet-50-2": Architecture(16, 128, 1024),
    "ResNeXt-50 32x4d": Architecture(16, 128, 1024, groups=32),
    "VGG11": Architecture(8, 64, 512),
    "VGG16": Architecture(13, 64, 512),
    "VGG19": Architecture(16, 64, 512),
    "DenseNet-121": Architecture(58, 128, 32, "flat"),
    "DenseNet-169": Architecture(82, 128, 32, "flat"),
    "DenseNet-201": Architecture(98, 128, 32, "flat"),
    "EfficientNet-B0": Architecture(9, 96, 1152, groups=0),
    "EfficientNet-B4": Architecture(17, 144, 1632, groups=0),
    "EfficientNet-B7": Architecture(30, 192, 2304, groups=0),
    "MobileNetV2": Architecture(17, 32, 960, groups=0),
    "Inception-v3": Architecture(30, 32, 384),
    "YOLOv3": Architecture(38, 32, 1024),
    "YOLOv4": Architecture(52, 32, 1024),
    "YOLOv5s": Architecture(31, 32, 512),
    "Faster R-CNN ResNet-50": Architecture(30, 64, 512),
    "RetinaNet": Architecture(30, 64, 256),
    "U-Net": Architecture(18, 64, 1024, "hourglass"),
    "U-Net++": Architecture(30, 32, 512, "hourglass"),
    "DeepLabV3 ResNet-101": Architecture(38, 64, 512),
    "FCN ResNet-50": Architecture(18, 64, 512),
    "StyleGAN": Architecture(18, 512, 32),
    "StyleGAN2": Architecture(19, 512, 32),
    "PGGAN": Architecture(18, 512, 16),
    "BigGAN": Architecture(26, 1024, 64),
    "StyleGAN2 Discriminator": Architecture(20, 32, 512),
    "PGGAN Discriminator": Architecture(18, 16, 512),
    "BigGAN Discriminator": Architecture(24, 64, 1024),
    "CycleGAN": Architecture(22, 256, 256, "flat"),
    "Fast Style Transfer": Architecture(13, 128, 128, "flat"),
    "EDSR": Architecture(69, 256, 256, "flat"),
    "MiDaS": Architecture(60, 64, 512, "hourglass"),
    "Monodepth2": Architecture(32, 64, 512, "hourglass"),
    "RetinaFace": Architecture(25, 64, 256),
    "ArcFace ResNet-50": Architecture(49, 64, 512),
    "FaceNet": Architecture(28, 32, 384),
    "Auto-Encoder": Architecture(8, 16, 128, "hourglass"),
}


@dataclass(frozen=True)
class Role:
    """A task on a data type, with the names, training sets and pre-training sets that its models can have.

    Each role gets one model, and more in proportion to `weight`. An entry of `training` is a combination of sets,
    joined by commas. An empty pre-training set means none.
    """

    task: str
    data_type: str
    names: tuple[str, ...]
    training: tuple[str, ...]
    pretraining: tuple[str, ...] = ("",)
    weight: float = 0


_RESNETS = ("ResNet-18", "ResNet-34", "ResNet-50", "ResNet-101")
_LARGE = ("ResNet-152", "Wide ResNet-50-2", "ResNeXt-50 32x4d", "EfficientNet-B7")
_SMALL = (
    *_RESNETS,
    *("VGG11", "VGG16", "VGG19", "DenseNet-121", "DenseNet-169", "DenseNet-201"),
    *("EfficientNet-B0", "EfficientNet-B4", "MobileNetV2", "Inception-v3"),
)
_DETECTORS = ("YOLOv3", "YOLOv4", "YOLOv5s", "Faster R-CNN ResNet-50", "RetinaNet")
_UNETS = ("U-Net", "U-Net++")
_SEGMENTERS = ("DeepLabV3 ResNet-101", "FCN ResNet-50", "U-Net")
_GENERATORS = ("StyleGAN2", "StyleGAN", "PGGAN")
_DISCRIMINATORS = ("StyleGAN2 Discriminator", "PGGAN Discriminator")
_IMAGENET = ("", "imagenet1k")

# In order of importance: a data set with fewer models than roles lacks the last ones.
ROLES = (
    Role("Classification", "natural", _SMALL, ("imagenet1k",), ("", "", "", "imagenet21k", "jft300m"), 34),
    Role("Object Detection", "natural", _DETECTORS, ("coco", "pascalvoc2007,pascalvoc2012"), _IMAGENET, 5),
    Role("GAN-Discriminator", "faces", _DISCRIMINATORS, ("ffhq", "celebahq"), weight=2),
    Role("GAN-Generator", "faces", _GENERATORS, ("ffhq", "celebahq", "ffhq,celebahq"), weight=3),
    Role("Segmentation", "natural", _SEGMENTERS, ("coco,pascalvoc2012", "ade20k", "cityscapes"), _IMAGENET, 3),
    Role("Depth Estimation", "natural", ("MiDaS", "Monodepth2"), ("mix6", "kitti"), _IMAGENET, 2),
    Role("Face Recognition", "faces", ("ArcFace ResNet-50", "FaceNet"), ("ms1m", "vggface2"), weight=3),
    Role("Face Detection", "faces", ("RetinaFace",), ("widerface",), _IMAGENET, 2),
    Role("Style Transfer", "art", ("Fast Style Transfer", "CycleGAN"), ("coco,wikiart", "monet2photo"), weight=2),
    Role("Super Resolution", "natural", ("EDSR",), ("div2k,flickr2k",)),
    Role("Auto-Encoder", "handwriting", ("Auto-Encoder",), ("mnist", "emnist,mnist"), weight=1),
    Role("Classification", "medical xray", ("DenseNet-121",), ("chexpert", "nih", "chexpert,nih"), _IMAGENET, 6),
    Role("Classification", "medical ct", ("ResNet-18", "ResNet-50"), ("covid-ct",), ("imagenet1k",), 1),
    Role("Segmentation", "medical mri", _UNETS, ("brats", "lgg"), _IMAGENET, 2),
    Role("Classification", "formula", ("ResNet-50",), ("fractaldb1k", "fractaldb60"), weight=1),
    Role("Classification", "textures", _RESNETS, ("stylized-imagenet", "imagenet1k,stylized-imagenet"), weight=2),
    Role("Segmentation", "seismic", ("U-Net",), ("f3-netherlands",), weight=1),
    Role("Object Detection", "thermal", ("YOLOv3",), ("flir",), ("coco",)),
    Role("Depth Estimation", "depth", ("Monodepth2",), ("nyudepthv2",), _IMAGENET, 0.5),
    Role("Classification", "fractals", ("ResNet-50", "ResNet-18"), ("exfractaldb1k",), weight=0.5),
    Role("Classification", "astronomy", ("EfficientNet-B0", "ResNet-50"), ("galaxyzoo2",), ("imagenet1k",), 0.5),
    Role("Classification", "plants", ("ResNet-50",), ("plantvillage",), ("imagenet1k",)),
    Role("Classification", "cars", ("ResNet-34",), ("stanford cars",), ("imagenet1k",)),
    Role("GAN-Generator", "map", ("CycleGAN",), ("maps",), weight=0.5),
    Role("Classification", "natural", _LARGE, ("imagenet1k", "imagenet21k,imagenet1k"), ("", "ig1b"), 12),
    Role("Classification", "natural", _SMALL, ("cifar10", "cifar100", "places365"), _IMAGENET, 9),
    Role("Classification", "handwriting", ("VGG11", "ResNet-18"), ("emnist", "mnist"), weight=0.5),
    Role("GAN-Discriminator", "natural", ("BigGAN Discriminator",), ("imagenet1k",), weight=0.5),
    Role("GAN-Generator", "natural", ("BigGAN", "PGGAN"), ("imagenet1k", "lsun bedroom", "lsun church"), weight=1),
    Role("GAN-Generator", "art", ("StyleGAN2",), ("metfaces", "wikiart"), ("ffhq",), 0.5),
    Role("Semantic Segmentation", "map", ("U-Net",), ("spacenet", "deepglobe,spacenet"), _IMAGENET, 0.5),
    Role("Segmentation", "medical ct", _UNETS, ("lits", "covid-ct"), _IMAGENET, 1),
)
