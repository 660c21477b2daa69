import ctypes
import os
import signal
import sys

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def die_with_parent(sign: signal.Signals) -> None:
    """Have the kernel send this process `sign` when its parent dies, even by kill -9.

    Elsewhere than on Linux nothing happens: the next start finds what was left running.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(sign))


def dying_with_me(sign: signal.Signals):
    """A `preexec_fn` for a child that must not outlive this process.

    Only for the main thread: the kernel watches the thread that forks, not the process.
    """
    parent = os.getpid()

    def in_child():
        die_with_parent(sign)
        if os.getppid() != parent:  # it died between the fork and the line above
            os._exit(1)

    return in_child
