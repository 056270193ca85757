"""Starts jobs with redis-py over a network that loses answers: redis-py sends again, by itself, what it got no answer to.

Usage: redis_py_jobs.py HOST PORT CA-FILE USER PASSWORD SERVER-PID
"""

import os
import pathlib
import signal
import sys

import redis
import redis.backoff
import redis.retry

HOST, PORT, CA, USER, PASSWORD, SERVER = sys.argv[1], int(sys.argv[2]), *sys.argv[3:6], int(sys.argv[6])

# What happens to the answers to the next requests, in order.
faults = []
# How often a job was asked for.
sent = 0


def stop_server():
    """Returns once no thread of the server runs any more."""
    os.kill(SERVER, signal.SIGSTOP)
    tasks = pathlib.Path(f"/proc/{SERVER}/task")
    while not all(") T " in (task / "stat").read_text() for task in tasks.iterdir()):
        pass


class LosesAnswers(redis.SSLConnection):
    """Sends everything, and gets answers as `faults` wills: `late` or `dropped`."""

    fault = None

    def send_command(self, *words, **options):
        global sent
        # Connecting has requests and answers of its own, which are left alone.
        self.connect()
        if words[:2] == ("JOB", "START"):
            sent += 1
            self.fault = faults.pop(0) if faults else None
        if self.fault == "late":
            stop_server()
        super().send_command(*words, **options)

    def read_response(self, *arguments, **options):
        fault, self.fault = self.fault, None
        if fault == "dropped":
            self._sock.close()
        elif fault == "late":
            self._sock.settimeout(0.1)
        try:
            return super().read_response(*arguments, **options)
        finally:
            os.kill(SERVER, signal.SIGCONT)


def start(protocol):
    global sent
    pool = redis.ConnectionPool(
        connection_class=LosesAnswers,
        host=HOST,
        port=PORT,
        username=USER,
        password=PASSWORD,
        ssl_ca_certs=CA,
        protocol=protocol,
        decode_responses=True,
        socket_timeout=30,
        retry=redis.retry.Retry(redis.backoff.NoBackoff(), 10),
    )
    caracola = redis.Redis(connection_pool=pool)
    faults[:] = ["late", "dropped", "dropped", "late"]
    sent = 0
    job = caracola.execute_command("JOB", "START", f"key {protocol}", "trace")
    assert not faults and sent == 5, (faults, sent)
    # Whoever asks later gets the same.
    assert caracola.execute_command("JOB", "START", f"key {protocol}", "trace") == job
    while True:
        report = caracola.execute_command("JOB", "READ", job, 0, "WAIT", 30000)
        if isinstance(report, list):
            report = dict(zip(report[::2], report[1::2]))
        if report["state"] == "ended":
            break
    assert report["status"] == 0 and report["ok"] == 1, report
    pool.disconnect()


for version in 2, 3:
    start(version)
print("done", flush=True)
