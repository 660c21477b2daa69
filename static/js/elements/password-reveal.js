// <password-reveal><input type="password"><button type="button" aria-pressed="false" hidden>Show</button></password-reveal>

class PasswordReveal extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input")
    this.button = this.querySelector("button")
    this.button.hidden = false
    this.button.addEventListener("click", this)
    // A password that is sent while it can be read would be offered as an ordinary word next time.
    this.field.form?.addEventListener("submit", () => this.show(false))
  }

  handleEvent() {
    this.show(this.field.type === "password")
    this.field.focus()
  }

  show(readable) {
    this.field.type = readable ? "text" : "password"
    this.button.setAttribute("aria-pressed", String(readable))
  }
}

customElements.define("password-reveal", PasswordReveal)
