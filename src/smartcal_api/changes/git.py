"""What git knows: a file at a commit, and the commit that a change will be merged into."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from smartcal_api.errors import UsageError

# Where the machines of GitHub and GitLab say into which branch a change goes.
_TARGETS = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
_USUAL = ("main", "master", "trunk")


@dataclass(frozen=True, slots=True)
class Base:
    """A commit, and how it was found."""

    commit: str
    name: str


class Git:
    """The repository that a folder is in. Raises `UsageError` with the command that helps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def commit(self, reference: str) -> str:
        found = self._asked("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
        if found is None:
            self._inside()
            advice = f"run `git fetch origin {reference.removeprefix('origin/')}`" if reference else "name one"
            raise UsageError(f"git knows no commit {reference!r} here; {advice}, or correct the name.")
        return found.strip()

    def file(self, commit: str, path: str) -> bytes:
        """`path` counts from the folder, else from the root of the repository."""
        for place in (f"./{path}", path):
            done = self._run("show", f"{commit}:{place}")
            if done.returncode == 0:
                return done.stdout
        raise UsageError(f"commit {commit[:7]} has no file {path}; name it, as git:{commit[:7]}:PATH.")

    def base(self) -> Base:
        """The merge base with the branch that the change goes into; on that branch itself HEAD, or its parent where
        nothing has been changed since."""
        self._inside()
        stated = next((os.environ[name] for name in _TARGETS if os.environ.get(name)), None)
        target = stated or self._default()
        branch = (self._asked("symbolic-ref", "--quiet", "--short", "HEAD") or "").strip()
        if stated is None and branch == target.removeprefix("origin/"):
            return self._before_head(branch)
        reference = next((each for each in (f"origin/{target}", target) if self._known(each)), None)
        if reference is None:
            raise UsageError(
                f"the branch {target} isn't here; run `git fetch origin {target}:refs/remotes/origin/{target}`."
            )
        found = self._asked("merge-base", reference, "HEAD")
        if found is None:
            if self._shallow():
                raise UsageError(
                    f"this clone is too shallow to know where it left {reference}; run `git fetch --unshallow`."
                )
            raise UsageError(
                f"HEAD and {reference} have no commit in common; name what to compare: smartcal diff OLD NEW."
            )
        return Base(found.strip(), f"the merge base with {reference}")

    def _before_head(self, branch: str) -> Base:
        head = self.commit("HEAD")
        if (self._asked("status", "--porcelain", "--untracked-files=no") or "").strip():
            return Base(head, f"the last commit of {branch}")
        parent = self._asked("rev-parse", "--verify", "--quiet", "HEAD~1")
        if parent is None:
            if self._shallow():
                raise UsageError(
                    "this clone is too shallow to know the commit before HEAD; run `git fetch --deepen=1`."
                )
            raise UsageError(
                f"there is nothing to compare with: {branch} has one commit, and nothing has been changed."
            )
        return Base(parent.strip(), f"the commit before the last of {branch}")

    def _default(self) -> str:
        remote = self._asked("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        if remote is not None:
            return remote.strip().removeprefix("origin/")
        for name in _USUAL:
            if self._known(f"origin/{name}") or self._known(name):
                return name
        raise UsageError("the default branch can't be told; run `git remote set-head origin --auto`, or name OLD.")

    def _known(self, reference: str) -> bool:
        return self._asked("rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}") is not None

    def _shallow(self) -> bool:
        return (self._asked("rev-parse", "--is-shallow-repository") or "").strip() == "true"

    def _inside(self) -> None:
        if self._asked("rev-parse", "--git-dir") is None:
            raise UsageError("this folder isn't in a git repository; name two documents: smartcal diff OLD NEW.")
        if self._asked("rev-parse", "--verify", "--quiet", "HEAD") is None:
            raise UsageError("there is nothing to compare with: the repository has no commit yet.")

    def _asked(self, *arguments: str) -> str | None:
        done = self._run(*arguments)
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run(  # noqa: S603  # the arguments are ours, and what a user names stands behind `--verify`
                ["git", *arguments],  # noqa: S607  # wherever the user has it
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise UsageError("git isn't installed; name two files: smartcal diff OLD NEW.") from None
