"""What people are told, in both languages."""

from __future__ import annotations

from appliance.portrait.measurement import Message

NOTHING = Message(
    zh="没有找到可以安装的新版本；请插入带有 .bundle 文件的 U 盘，或检查网络，再点“查找”",
    en="no newer version was found: put in a stick with a .bundle file or check the network, then look again",
)
RUNNING = Message(zh="正在更新，请等它完成", en="an update is under way: wait for it to end")
NO_PREVIOUS = Message(zh="本机没有保留更早的版本", en="no earlier version is kept on this station")
NOT_HERE = Message(
    zh="本机不是由安装程序安装的，不能在这里更新；请在命令行更新源代码",
    en="this station was not set up by the installer, so it cannot update itself: update the checkout instead",
)
ASKED = Message(zh="已请求更新，正在准备", en="asked for; it begins at once")
QUIET = Message(
    zh="新版本已准备好，等当前学生拍完就切换，约需一分钟",
    en="the new version is ready; it takes over when nobody is being served, which takes about a minute",
)
CLOSED = Message(
    zh="本机正在切换到新版本，约一分钟后可继续，请稍候",
    en="the station is changing to its new version: wait about a minute, then go on",
)
