# SPDX-License-Identifier: Apache-2.0
"""The installed service under a real systemd, in a container of systemd-nspawn: with all that its unit denies it, calls on both paths work.

Usage: systemd_boot_test.py PACKAGES VECHE_LOAD
"""
import os
import shutil
import subprocess
import sys

from steps import in_namespaces, run, skip
from system_copy import SystemCopy

BOOT_S = 120
UNIT = """[Unit]
Wants=veche.service
After=veche.service
FailureAction=exit
SuccessAction=exit
[Service]
Type=oneshot
ExecStart=/veche-check
StandardOutput=file:/veche-check.log
StandardError=inherit
"""
CHECK = r"""#!/bin/bash
set -eu
fail() { echo "wrong: $*"; journalctl --unit veche --no-pager; exit 1; }
property() { systemctl show --value --property "$1" veche; }
answers() {
  for _ in {1..100}; do
    (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null && return
    sleep 0.1
  done
  fail "$1: it does not answer"
}
answers 'after the start'
pid=$(property MainPID)
grep -q '^CapBnd:\s*0*$' /proc/$pid/status || fail 'it has capabilities'
grep -q '^Seccomp:\s*2$' /proc/$pid/status || fail 'system calls are not filtered'
key=admin.$(cat /etc/veche/admin.secret)
for path in wire pipeline; do
  /veche-load --key "$key" --room $path --room-settings "{\"media_path\": \"$path\"}" --participants 6 --talkers 2 --duration 3 \
    --expect-no-loss || fail "calls on the $path path"
done
dpkg --install /packages/veche_*.deb | grep -q 'systemctl restart veche' || fail 'an upgrade does not say what is to be done'
[ "$(property MainPID)" = "$pid" ] || fail 'an upgrade ended calls'
kill -KILL $pid
for _ in {1..100}; do [ "$(property NRestarts)" = 1 ] && break; sleep 0.1; done
answers 'after it was killed'
systemctl stop veche
[ "$(property Result)" = success ] || fail "its end: $(property Result)"
[ "$(stat -c %U:%a /var/lib/veche)" = veche:750 ] || fail 'whose is /var/lib/veche?'
[ "$(stat -c %U:%a /var/lib/veche/events.db)" = veche:640 ] || fail 'whose is the event log?'
journalctl --unit veche | grep -q 'ends are added to /var/lib/veche/events.db' || fail 'what was open when it was killed did not end'
systemctl start veche
dpkg --remove veche-dev veche
[ "$(systemctl is-active veche)" = inactive ] || fail 'it runs although it was removed'
echo good
"""


def boot(scratch):
    packages, load = sys.argv[1:]
    system = SystemCopy(scratch)
    system.do(*system.add_packages(packages))
    system.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 0\n", 0o755)  # Images for containers forbid packages to start and stop services.
    shutil.copy(load, system.path("veche-load"))
    system.write("veche-check", CHECK, 0o755)
    system.write("etc/systemd/system/veche-check.service", UNIT)
    for folder in ("proc", "dev"):
        run("umount", system.path(folder))
    # The services of this machine are no part of this.
    command = ["systemd-nspawn", "--directory", system.root, "--register=no", "--keep-unit", "--private-network", "--machine=veche-test",
               "--console=pipe", "--boot", "systemd.unit=veche-check.service"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=BOOT_S, check=False)
    if not os.path.exists(system.path("veche-check.log")):
        skip(f"systemd does not start in a container here: {done.stdout.strip()[-400:]}")
    result = system.read("veche-check.log")
    print(result)
    if not result.endswith("good\n"):
        sys.exit(1)


if not shutil.which("systemd-nspawn"):
    skip("there is no systemd-nspawn: install Debian's systemd-container")
in_namespaces(boot)
