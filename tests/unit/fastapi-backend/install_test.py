# SPDX-License-Identifier: Apache-2.0
# pip installs the client from its folder, without the backend and without the network.
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv.pop(1))


class Install(unittest.TestCase):
    def run_in(self, folder, *command):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_pip_installs_the_client_alone(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            # setuptools leaves files beside its sources.
            shutil.copytree(SOURCE, folder / "source")
            self.run_in(folder, sys.executable, "-m", "venv", "--system-site-packages", "venv")
            python = str(folder / "venv/bin/python")
            self.run_in(folder / "source", python, "-m", "pip", "install", "--no-index", "--no-build-isolation", "--no-deps", ".")
            self.run_in(folder, python, "-c", "import veche_client; veche_client.Client('http://127.0.0.1:1', 'id.secret').close()")
            [package] = (folder / "venv/lib").glob("python3*/site-packages/veche_client")
            self.assertTrue((package / "py.typed").exists())
            self.assertFalse((package.parent / "backend").exists())


unittest.main()
