# SPDX-License-Identifier: Apache-2.0
"""Steps that the tests of packaging share."""
import contextlib
import glob
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SKIPPED = 77  # for meson
READY_S = 20
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


def build_packages(source, build, output):
    """Packs the build; the files of veche and veche-dev."""
    run(os.path.join(source, "scripts/deb"), build, output)
    [veche] = glob.glob(os.path.join(output, "veche_*.deb"))
    [dev] = glob.glob(os.path.join(output, "veche-dev_*.deb"))
    return veche, dev


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url, key=None):
    """Status and body of an answer; status 0 if there is none."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


@contextlib.contextmanager
def serving(url, *command, **options):
    """The server while it answers /healthz; it has to end well."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **options)
        try:
            end = time.monotonic() + READY_S
            while get(f"{url}/healthz")[0] != 200:
                if process.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    sys.exit(f"the server does not answer at {url}:\n{log.read()}")
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            status = process.wait(READY_S)
        if status != 0:
            sys.exit(f"the server ended with {status}")


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
