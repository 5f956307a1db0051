# SPDX-License-Identifier: Apache-2.0
"""A copy of this system, as an overlay, into which packages can be installed. Only for use in namespaces of one's own."""
import os
import shutil
import stat

from steps import packages_in, run

DEVICES = {"null": 3, "zero": 5, "random": 8, "urandom": 9}


class SystemCopy:
    """`root` is the copy, `changed` the folder of what differs."""

    def __init__(self, scratch):
        self.changed, work, self.root = (os.path.join(scratch, name) for name in ("changed", "work", "root"))
        for folder in (self.changed, work, self.root):
            os.mkdir(folder)
        run("mount", "-t", "overlay", "-o", f"lowerdir=/,upperdir={self.changed},workdir={work}", "overlay", self.root)
        run("mount", "-t", "proc", "proc", self.path("proc"))
        run("mount", "-t", "tmpfs", "tmpfs", self.path("dev"))  # Not that of this machine, where devices could be lost.
        for name, minor in DEVICES.items():
            os.mknod(self.path(f"dev/{name}"), stat.S_IFCHR | 0o666, os.makedev(1, minor))
            os.chmod(self.path(f"dev/{name}"), 0o666)

    def path(self, name):
        return os.path.join(self.root, name)

    def do(self, *command):
        return run("chroot", self.root, *command)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)

    def add_packages(self, folder):
        """Copies the packages of this folder into the copy; the command that installs them there."""
        shutil.copytree(folder, self.path("packages"))
        packages = packages_in(folder)
        return ["dpkg", "--install", *(f"/packages/{os.path.basename(package)}" for package in packages)]
