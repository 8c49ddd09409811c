// The editor of the panel "Code": CodeMirror 6, as PyScript's package brings it.

export { EditorView, basicSetup } from "../vendor/@pyscript/core@0.7.31/dist/codemirror-BDx3jn9j.js";
export { python } from "../vendor/@pyscript/core@0.7.31/dist/codemirror_lang-python-r-dBg-Wd.js";
export { EditorState } from "../vendor/@pyscript/core@0.7.31/dist/codemirror_state-DxSVIxgn.js";
