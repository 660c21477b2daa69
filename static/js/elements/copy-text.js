// <copy-text><code>what is copied</code><button type="button" hidden>Copy</button><output data-done="Copied."></output></copy-text>

class CopyText extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button")
    this.output = this.querySelector("output")
    // Only a safe origin may write to the clipboard; elsewhere the text is there to be marked.
    if (!navigator.clipboard) return
    this.button.hidden = false
    this.button.addEventListener("click", this)
  }

  async handleEvent() {
    const text = this.querySelector("code, pre, textarea")
    try {
      await navigator.clipboard.writeText(text.value ?? text.textContent.trim())
      this.output.value = this.output.dataset.done
    } catch {
      getSelection().selectAllChildren(text)
    }
  }
}

customElements.define("copy-text", CopyText)
