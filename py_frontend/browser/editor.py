"""The editor of Python code. It belongs to no version of the page, so that what is typed, the
cursor and the focus stay where they are while the page is exchanged."""

from asyncio import Task, create_task, shield
from collections.abc import Callable
from typing import Any

from pyscript import document, js_import, window
from pyscript.ffi import create_proxy, to_js

INDENT = "    "


class Editor:
    """CodeMirror in a shadow tree, where it may bring its own styles under the page's policy.
    `drafts` are the texts that were changed in it, by path."""

    def __init__(self) -> None:
        self.path = self._text = ""
        self.drafts: dict[str, str] = {}
        self.on_apply: Callable[[], None] = lambda: None
        self.on_draft: Callable[[], None] = lambda: None
        self._view: Any = None
        self._beginning: Task | None = None
        self._may_leave = False

    async def begin(self, host) -> None:
        """Loads CodeMirror, the first time, and puts the editor into `host`. A version of the page
        that is over meanwhile has begun it for the next one."""
        self._beginning = self._beginning or create_task(self._begin(host))
        await shield(self._beginning)

    async def _begin(self, host) -> None:
        url = window.URL.new("./js/codemirror.js", document.baseURI).href
        [self._codemirror] = await js_import(url)
        view, root = self._codemirror.EditorView, host.attachShadow(mode="open")
        label = {"aria-label": "Python code. Escape, then Tab leaves it."}
        self._extensions = to_js(
            [
                view.domEventHandlers(to_js({"keydown": create_proxy(self._press)})),
                self._codemirror.basicSetup,
                self._codemirror.python(),
                self._codemirror.colours,
                view.contentAttributes.of(to_js(label)),
                view.updateListener.of(create_proxy(self._updated)),
            ]
        )
        self._view = view.new(parent=root, root=root)
        if self.path:
            self._show()

    def show(self, path: str, text: str) -> None:
        """The draft of a file, or else its text, as soon as the editor is loaded."""
        self.path, self._text = path, text
        if self._view:
            self._show()

    def _show(self) -> None:
        create = self._codemirror.EditorState.create
        text = self.drafts.get(self.path, self._text)
        self._view.setState(create(doc=text, extensions=self._extensions))

    def reveal(self, part: str) -> None:
        """Selects this part of the text, and scrolls to it, unless the editor is still loading."""
        if self._view is None:
            return
        start = self._view.state.doc.toString().find(part)
        selection = to_js({"anchor": start, "head": start + len(part)})
        effect = self._codemirror.EditorView.scrollIntoView(start, y="center")
        self._view.dispatch(selection=selection, effects=effect)

    def _updated(self, update, *_) -> None:
        if update.docChanged:
            self.drafts[self.path] = update.state.doc.toString()
            self.on_draft()

    def _press(self, event, *_) -> bool:
        """True where the key is dealt with here."""
        key, may_leave = event.key, self._may_leave
        self._may_leave = key == "Escape"
        if key == "Enter" and (event.ctrlKey or event.metaKey):
            self.on_apply()
            return True
        if key == "Tab" and not (event.shiftKey or may_leave):
            self._view.dispatch(self._view.state.replaceSelection(INDENT))
            return True
        return False


editor = Editor()
