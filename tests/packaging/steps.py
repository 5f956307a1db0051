# SPDX-License-Identifier: Apache-2.0
"""Steps that the tests of packaging share."""
import glob
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "interop", "harness"))

SKIPPED = 77  # for meson
NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
SCRATCH = "VECHE_TEST_SCRATCH"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def run(*command, status=0, **options):
    """Runs a command that has to end with `status`; what it printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != status:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def packages_in(folder):
    """The files of veche and veche-dev that scripts/deb has put there."""
    [veche] = glob.glob(os.path.join(folder, "veche_*.deb"))
    [dev] = glob.glob(os.path.join(folder, "veche-dev_*.deb"))
    return veche, dev


def overlay_problem():
    """Why no copy of this system can be made to install into, or None."""
    if os.geteuid() != 0:
        return "it needs root"
    with tempfile.TemporaryDirectory() as scratch:
        command = f"mount -t tmpfs tmpfs {scratch} && cd {scratch} && mkdir u w r && mount -t overlay -o lowerdir=/,upperdir=u,workdir=w overlay r"
        done = subprocess.run([*NAMESPACES, "sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return None if done.returncode == 0 else f"no overlay of this system can be mounted: {done.stdout.strip()}"


def in_namespaces(work):
    """Runs `work(scratch)` with mounts, processes and a loopback network of its own, which end with it. The folder `scratch` is a
    tmpfs there: outside it stays empty, so that nothing that is mounted within can be removed with it."""
    if scratch := os.environ.get(SCRATCH):
        run("ip", "link", "set", "lo", "up")
        run("mount", "-t", "tmpfs", "tmpfs", scratch)
        work(scratch)
        return
    if problem := overlay_problem():
        skip(problem)
    scratch = tempfile.mkdtemp()
    try:
        done = subprocess.run([*NAMESPACES, sys.executable, *sys.argv], env={**os.environ, SCRATCH: scratch}, check=False)
    finally:
        os.rmdir(scratch)
    sys.exit(done.returncode)
