// The editor of the panel "Code": CodeMirror 6, as PyScript's package brings it, in the colours of the page.

import { EditorView } from "../vendor/@pyscript/core@0.7.31/dist/codemirror-BDx3jn9j.js";
import { t as tags, x as language } from "../vendor/@pyscript/core@0.7.31/dist/codemirror_language-BeYrpeur.js";

export { EditorView, basicSetup } from "../vendor/@pyscript/core@0.7.31/dist/codemirror-BDx3jn9j.js";
export { python } from "../vendor/@pyscript/core@0.7.31/dist/codemirror_lang-python-r-dBg-Wd.js";
export { EditorState } from "../vendor/@pyscript/core@0.7.31/dist/codemirror_state-DxSVIxgn.js";

const SELECTION = { backgroundColor: "var(--code-selection)" };
const MARKED = { backgroundColor: "transparent", outline: "1px solid var(--edge)" };
const CONTROL = { border: "1px solid var(--edge)", background: "var(--card)", color: "var(--ink)" };
const CHOSEN = { forcedColorAdjust: "none", background: "var(--accent)", color: "var(--on-accent)" };

// Marks get outlines and no backgrounds: text stays readable where several of them meet.
const theme = EditorView.theme({
  "&.cm-focused": { outline: "none" }, // its host has one
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--ink)" },
  ".cm-activeLine": { backgroundColor: "var(--code-line)" },
  ".cm-gutters": { borderColor: "var(--line)", backgroundColor: "var(--card)", color: "var(--quiet)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--code-line)", color: "var(--ink)" },
  ".cm-selectionBackground": SELECTION,
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": SELECTION,
  ".cm-selectionMatch": MARKED,
  "&.cm-focused .cm-matchingBracket": MARKED,
  "&.cm-focused .cm-nonmatchingBracket": { ...MARKED, outlineColor: "var(--error)" },
  ".cm-searchMatch": { ...MARKED, outlineColor: "var(--accent)" },
  ".cm-searchMatch-selected": { ...SELECTION, outlineWidth: "2px" },
  ".cm-snippetField": MARKED,
  ".cm-specialChar": { color: "var(--error)" },
  ".cm-foldPlaceholder": { ...CONTROL, color: "var(--quiet)" },
  ".cm-panels": { borderColor: "var(--line)", backgroundColor: "var(--card)", color: "var(--ink)" },
  ".cm-panels-top, .cm-panels-bottom": { borderColor: "var(--line)" },
  ".cm-panel [name=close]": { color: "inherit" },
  ".cm-button": { ...CONTROL, "&, &:active": { backgroundImage: "none" } },
  ".cm-textfield": { ...CONTROL, "&::placeholder": { color: "var(--quiet)", opacity: 1 } },
  ".cm-tooltip": CONTROL,
  ".cm-tooltip-autocomplete ul li[aria-selected]": CHOSEN,
  ".cm-completionIcon": { opacity: 1 },
  // CodeMirror paints the selection behind the text, which keeps its colour: here the browser does it instead.
  "@media (forced-colors: active)": {
    ".cm-selectionLayer": { display: "none" },
    ".cm-content .cm-line": {
      "&::selection, & ::selection": { backgroundColor: "Highlight !important", color: "HighlightText !important" },
    },
  },
});

const syntax = language.HighlightStyle.define([
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: [tags.string, tags.escape], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  {
    tag: [tags.definition(tags.variableName), tags.definition(tags.className), tags.function(tags.variableName), tags.meta],
    color: "var(--code-name)",
  },
  { tag: tags.invalid, color: "var(--error)" },
]);

/** With --code-… and the other colours of theme.css, which are other ones in a dark page. */
export const colours = [theme, language.syntaxHighlighting(syntax)];
