"""The panel that shows the page's own Python, and lets it be changed while it runs."""

from collections.abc import Callable
from functools import partial

from pyscript import document, window
from pyscript.ffi import to_js

from core.catalog import ModelEntry
from core.edits import (
    Edit,
    EditError,
    Kept,
    edits,
    fitting,
    from_fragment,
    from_text,
    patch,
    to_fragment,
    to_text,
)
from core.experiments import EXPERIMENTS, Experiment
from core.faults import Fault
from core.modules import MAIN
from core.outline import outline
from core.reader import Answer

from ..editor import editor
from ..elements import new_button
from ..events import listen
from ..live import live
from ..storage import Storage
from .disclosure import Disclosure

KEY = "code"
LEFT_OUT = (
    "Your change is left out, as the page did not start with it: correct it, or take it back."
)
OUTDATED = "A change of yours is left out: it was made to another version of {}."
PATCH_NAME = "digits.patch"


class CodePanel(Disclosure):
    """Files, an editor, experiments, and the difference to the page as it was published."""

    def __init__(self, run: Callable[..., None]):
        super().__init__("code")
        self._run, self._storage = run, Storage()
        self._kept = from_text(self._storage.recall(KEY))
        self._offered: Edit | None = None
        names = ("status", "tree", "editor", "experiments", "diff", "offer", "offered", "question")
        self._parts = {name: document.getElementById(f"code-{name}") for name in names}
        buttons = {
            "apply": self._apply,
            "revert": self._revert,
            "download": self._download,
            "share": self._share,
            "run": self._run_offered,
            "decline": self._decline,
        }
        for name, handler in buttons.items():
            button = document.getElementById(f"code-{name}")
            listen(button, "click", lambda _event, handler=handler: handler())
        live.on_changed = self._changed
        editor.on_apply, editor.on_draft = self._apply, self._show_difference
        listen(window, "hashchange", lambda _event: self._read_link())
        if self.is_open:
            self._begin_in_background()

    def on_toggle(self, handler: Callable[[], None]) -> None:
        """The editor is loaded when the panel is opened first."""

        def toggled() -> None:
            handler()
            if self.is_open:
                self._begin_in_background()

        super().on_toggle(toggled)

    def show(self, answer: Answer | None) -> None:
        """The code is the same for all answers."""

    def describe(self, model: ModelEntry, backend: str) -> None:
        """The code is the same for all models."""

    def restore(self) -> None:
        """Once, when the page has started as it was published: the changes that this browser keeps,
        unless the page did not run with them, and the question about a change in a link."""
        if live.is_restored:
            return
        live.is_restored = True
        self._read_link()
        if self._kept.edits:
            self._restore_kept()

    def _restore_kept(self) -> None:
        live.remember_originals()
        texts = fitting(self._kept.edits, live.originals)
        editor.drafts.update(texts)
        outdated = [edit.path for edit in self._kept.edits if edit.path not in texts]
        if texts and not self._kept.works:
            self._say(LEFT_OUT)
            self.open()
        elif texts:
            self._submit(texts)
        if outdated:
            self._say(OUTDATED.format(", ".join(outdated)))

    def _begin_in_background(self) -> None:
        self._run(self._begin)

    async def _begin(self) -> None:
        live.remember_originals()
        self._show_tree()
        self._show_experiments()
        await editor.begin(self._parts["editor"])
        if not editor.path:
            self._open_file(MAIN)
        self._show_difference()

    def _show_tree(self) -> None:
        parts = []
        for part, paths in outline(live.originals).items():
            group, title = document.createElement("div"), document.createElement("b")
            title.textContent = part
            group.append(title, *(self._file_button(path) for path in paths))
            parts.append(group)
        self._parts["tree"].replaceChildren(*parts)

    def _file_button(self, path: str):
        button = _button(path, partial(self._open_file, path))
        button.ariaPressed = "true" if path == editor.path else "false"
        return button

    def _show_experiments(self) -> None:
        buttons = [_button(each.title, partial(self._try, each)) for each in EXPERIMENTS]
        self._parts["experiments"].replaceChildren(*buttons)

    def _open_file(self, path: str) -> None:
        editor.show(path, live.sources.texts.get(path, ""))
        for button in self._parts["tree"].querySelectorAll("button"):
            button.ariaPressed = "true" if button.textContent == path else "false"

    def _try(self, experiment: Experiment) -> None:
        """On top of the draft that is there, or else of the original."""
        path = experiment.path
        text = editor.drafts.get(path, live.originals[path])
        if experiment.old not in text:
            text = live.originals[path]
        editor.drafts[path] = text.replace(experiment.old, experiment.new)
        self._open_file(path)
        editor.reveal(experiment.new)
        self._apply()
        self._say(experiment.look)

    def _apply(self) -> None:
        self._say("")
        self._submit(dict(editor.drafts))

    def _submit(self, texts: dict[str, str]) -> None:
        """Kept first, as not working: what hangs is left out when the page starts again."""
        self._keep(texts, works=False)
        live.submit({**live.changed_back(), **texts})

    def _changed(self, fault: Fault | None) -> None:
        """The page runs with the changes, or else goes on without."""
        self._keep(editor.drafts, works=fault is None)
        self._show_difference()

    def _keep(self, texts: dict[str, str], works: bool) -> None:
        self._kept = Kept(edits(live.originals, texts), works or not texts)
        self._storage.keep(KEY, to_text(self._kept))

    def _revert(self) -> None:
        """The page as it was published."""
        editor.drafts.clear()
        self._open_file(editor.path or MAIN)
        self._say("")
        self._submit({})

    def _show_difference(self) -> None:
        text = patch(live.originals, editor.drafts)
        self._parts["diff"].textContent = text
        for name in ("revert", "download", "share"):
            document.getElementById(f"code-{name}").disabled = not text

    def _download(self) -> None:
        text = patch(live.originals, editor.drafts)
        blob = window.Blob.new(to_js([text]), type="text/x-diff")
        link = document.createElement("a")
        link.href, link.download = window.URL.createObjectURL(blob), PATCH_NAME
        link.click()
        window.URL.revokeObjectURL(link.href)

    def _share(self) -> None:
        """Puts the change of the file in the editor into the page's address."""
        path = editor.path
        before = live.originals[path]
        url = window.URL.new(window.location.href)
        url.hash = to_fragment(path, before, editor.drafts.get(path, before))
        window.history.replaceState(None, "", url.href)
        self._say("The address of this page holds the change now. Whoever opens it is asked first.")

    def _read_link(self) -> None:
        """Shows a change that the address brings. Nothing of it runs before a click."""
        if "code=" not in window.location.hash:
            return
        live.remember_originals()
        try:
            self._offered = from_fragment(window.location.hash, live.originals)
        except EditError as error:
            self._say(str(error))
            self.open()
            return
        if self._offered and self._offered.text != live.sources.texts.get(self._offered.path):
            edit = self._offered
            self._parts["question"].textContent = (
                f"This link brings a change of {edit.path}. It is Python that would run in this "
                "page. Read it first. Do you want to run it?"
            )
            self._parts["offered"].textContent = patch(live.originals, {edit.path: edit.text})
            self._parts["offer"].hidden = False
            self.open()

    def _run_offered(self) -> None:
        self._parts["offer"].hidden = True
        if self._offered:
            editor.drafts[self._offered.path] = self._offered.text
            self._open_file(self._offered.path)
            self._apply()

    def _decline(self) -> None:
        self._parts["offer"].hidden = True
        self._offered = None

    def _say(self, sentence: str) -> None:
        self._parts["status"].textContent = sentence


def _button(text: str, handler: Callable[[], None]):
    button = new_button(text)
    listen(button, "click", lambda _event: handler())
    return button
