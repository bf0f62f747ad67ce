"""Programs that nobody here wrote, for the tests to talk to.

They are Debian packages of a newer suite, downloaded and unpacked into the
build folder; nothing of the system is touched. The archive is the one that
this machine's own apt uses. A machine that cannot reach it skips the test, by
name; where it can be reached, everything after that must work.
"""
import fcntl
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SUITES = ["forky", "sid"]
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
BUILD = pathlib.Path(os.environ.get("COUNTERFOIL_BUILD", "build")).resolve()
COUNTERFOIL = str(BUILD / "counterfoil")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def run(*command, **options):
    return subprocess.run([str(word) for word in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=600, check=False, **options)


def archive():
    """Where this machine gets Debian from; None: it does not."""
    if shutil.which("apt-get") is None:
        return None
    listed = run("apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)",
                 "Created-By: Packages").stdout
    # A system that debootstrap has just made may have no Release file yet,
    # which would say the origin.
    found = re.search(r"^(?:Debian)? ?(https?://\S+/debian/?)$", listed, re.M)
    if found is None:
        # And one whose lists were removed has no targets at all, only sources.
        listed = run("apt-get", "update", "--print-uris").stdout
        found = re.search(r"^'(https?://\S+/debian/)dists/", listed, re.M)
    return found[1] if found else None


def apt(folder, *words):
    for name in ["lists/partial", "cache/archives/partial"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    return run("apt-get", "-qq", "-o", "APT::Sandbox::User=root",
               "-o", f"Dir::Etc::sourcelist={folder}/sources.list",
               "-o", "Dir::Etc::sourceparts=-",
               "-o", f"Dir::State::lists={folder}/lists",
               "-o", f"Dir::Cache={folder}/cache",
               "-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1",
               *words, cwd=folder)


def fetch(package):
    """The folder in which the package is unpacked. Several tests that run at
    once may want the same one: the first fetches it, the others wait."""
    folder = BUILD / "peers" / package
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / f"{package}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            unpack(package, folder)
    return folder / "root"


def unpack(package, folder):
    where = archive()
    if where is None:
        skip(f"{package}: this machine gets no packages from Debian")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for suite in SUITES:
        (folder / "sources.list").write_text(
            f"deb [signed-by={KEYRING}] {where} {suite} main\n",
            encoding="ascii")
        updated = apt(folder, "update")
        if updated.returncode != 0 or "Failed to fetch" in updated.stdout:
            skip(f"{package}: Debian's packages cannot be reached")
        if apt(folder, "download", package).returncode == 0:
            break
    packages = list(folder.glob("*.deb"))
    assert packages, f"{package} is in none of {SUITES}"
    done = run("dpkg", "-x", packages[0], folder / "root")
    assert done.returncode == 0, done.stdout
    shutil.rmtree(folder / "lists")
    (folder / "complete").touch()


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Place:
    """A temporary folder, and the programs that run in it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="interop-"))
        self.running = []
        self.env = dict(os.environ, COUNTERFOIL_KEYS=str(self.path / "keys"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        shutil.rmtree(self.path)

    def file(self, name, text=None):
        if text is not None:
            (self.path / name).write_text(text, encoding="utf-8")
        return (self.path / name).read_text(encoding="utf-8")

    def start(self, log, *command, ready=None, **env):
        """Starts it and waits until `ready` matches in what it prints."""
        with open(self.path / log, "wb") as out:
            process = subprocess.Popen([str(word) for word in command],
                                       stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=out, cwd=self.path,
                                       env={**self.env, **env})
        self.running.append(process)
        return self.wait(log, ready) if ready else None

    def wait(self, log, pattern):
        for _ in range(600):
            found = re.search(pattern, self.file(log), re.M)
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"no {pattern} in {log}:\n{self.file(log)}")

    def stop(self):
        """Ends what was started last."""
        process = self.running.pop()
        process.terminate()
        process.wait(20)

    def call(self, *command, status=0):
        done = run(*command, cwd=self.path, env=self.env,
                   stdin=subprocess.DEVNULL)
        assert done.returncode == status, (command, done.returncode,
                                           done.stdout)
        return done.stdout

    def case(self, name):
        self.file("parties.csv", """\
party,side,org,role,key,policy-holder,red-line
police.example,authority,police.example,seized,new,yes,
owner.example,owner,owner.example,owner,new,yes,
court.example,neutral,court.example,overseer,new,,
notary.example,neutral,notary.example,notary,new,,
""")
        self.call(COUNTERFOIL, "init", name, "--name", name, "--roster",
                  "parties.csv", "--plain-keys")
        conf = self.file(f"{name}/counterfoil.conf")
        return re.search(r"^log: (\S+)$", conf, re.M)[1]
