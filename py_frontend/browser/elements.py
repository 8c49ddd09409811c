"""Elements that the page makes while it runs."""

from pyscript import document


def new_element(tag: str, text: str, style_class: str = ""):
    element = document.createElement(tag)
    element.textContent, element.className = text, style_class
    return element


def new_button(text: str):
    button = new_element("button", text)
    button.type = "button"
    return button
