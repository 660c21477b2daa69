// <hot-keys><button data-key="a">…: a letter presses its button, a digit ticks a reason.
// L, N and C lead to rule, note and category. Off while one writes, or when the box says so.

class HotKeys extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", this)
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this)
  }

  handleEvent(event) {
    const isWriting = event.target.closest("textarea, select, input:not([type=checkbox], [type=submit])")
    if (event.key === "Escape" && isWriting) event.target.blur()
    if (isWriting || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (this.querySelector("[name=keys]").checked) return
    const found = this.wanted(event.code)
    if (!found) return
    event.preventDefault()
    if (found.matches("button, [type=checkbox]")) found.click()
    else found.focus()
  }

  // By the place of the key, so that it works in the Russian and Kazakh layouts, too.
  wanted(code) {
    const fields = { KeyL: "[name=rule]", KeyN: "[name=note]", KeyC: "[name=category]" }
    if (fields[code]) return this.querySelector(fields[code])
    if (code.startsWith("Key")) return this.querySelector(`[data-key="${code.at(-1).toLowerCase()}"]`)
    if (/^Digit[1-9]$/.test(code)) return this.querySelectorAll("[name=reasons]")[code.at(-1) - 1]
  }
}

customElements.define("hot-keys", HotKeys)
