"""Settings by their names: found in the command palette, in no menu."""

from l3rocc_studio.ui.actions.spec import ActionSpec, Need

# What a setting is also called, in the languages of the window, to find it by; shown nowhere.
LANGUAGE_WORDS = {
    "system": "language 语言",
    "en": "language 语言 english 英文",
    "zh_CN": "language 语言 chinese 中文 汉语",
}
THEME_WORDS = "theme look appearance colours mode 主题 外观"
_DISK = "cache memory disk space storage workspace 缓存 内存 磁盘 空间 存储"
PROCESS_FIELDS = ("backend", "interval", "voxel_size", "device", "range", "mesh")
"""Fields of the Process page that have an action ``field_…``."""

SETTING_ACTIONS = (
    ActionSpec(
        key="settings_look",
        label="Theme…",
        tooltip="Dark, light, or follow the system",
        icon="settings",
        menu="Settings/General",
        words=f"{THEME_WORDS} dark light 深色 浅色",
    ),
    ActionSpec(
        key="settings_language",
        label="Language…",
        tooltip="The language of the window",
        icon="settings",
        menu="Settings/General",
        words=" ".join(LANGUAGE_WORDS.values()),
    ),
    ActionSpec(
        key="settings_keys",
        label="Keyboard shortcuts…",
        tooltip="Change the shortcuts of actions",
        icon="settings",
        menu="Settings/Shortcuts",
        words="hotkeys keyboard shortcuts bindings 快捷键 键盘 按键",
    ),
    ActionSpec(
        key="settings_folder",
        label="Working folder…",
        tooltip="Where results and stages are kept, and how much space they take",
        icon="settings",
        menu="Settings/Disk space",
        words=f"{_DISK} results directory home 工作文件夹 结果",
    ),
    ActionSpec(
        key="settings_room",
        label="Free up space…",
        tooltip="Remove stages that have not been used for a while",
        icon="settings",
        menu="Settings/Disk space",
        words=f"{_DISK} clean clear delete remove old free 清理 删除",
    ),
    ActionSpec(
        key="field_backend",
        label="Engine",
        tooltip="The engine that estimates poses and depth",
        icon="settings",
        menu="Settings/Process",
        needs=Need.SOURCE,
        words="backend network pi3 π³ weights builtin geometric 引擎 网络 权重 内置",
    ),
    ActionSpec(
        key="field_interval",
        label="Interval",
        tooltip="Max distance between keyframes",
        icon="settings",
        menu="Settings/Process",
        needs=Need.SOURCE,
        words="keyframes step 间隔 关键帧",
    ),
    ActionSpec(
        key="field_voxel_size",
        label="Voxel size",
        tooltip="Edge length of a voxel",
        icon="settings",
        menu="Settings/Process",
        needs=Need.SOURCE,
        words="resolution grid 体素 分辨率 网格",
    ),
    ActionSpec(
        key="field_device",
        label="Device",
        tooltip="The device that casts the rays",
        icon="settings",
        menu="Settings/Process",
        needs=Need.SOURCE,
        words="gpu cpu cuda graphics card processor 设备 显卡 处理器",
    ),
    ActionSpec(
        key="field_range",
        label="Range",
        tooltip="The box around the camera that is divided into voxels",
        icon="settings",
        menu="Settings/Process",
        needs=Need.SOURCE,
        words="pc_range box extent 范围 边界",
    ),
    ActionSpec(
        key="field_mesh",
        label="Fill thin surfaces",
        tooltip="Fill thin surfaces with a Poisson mesh before voxelisation",
        icon="settings",
        menu="Settings/Process",
        needs=Need.SOURCE,
        words="mesh poisson 网格 薄 表面",
    ),
)
