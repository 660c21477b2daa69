// <passkey-form data-options="…"> or data-options-url="…"
//   <form><input type="hidden" name="credential"><button hidden>…</button></form>
//   <p role="alert" hidden>what to read when it did not work</p>
// </passkey-form>
// The form is sent once the browser has let the person use or make a passkey.

class PasskeyForm extends HTMLElement {
  connectedCallback() {
    if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) return
    this.form = this.querySelector("form")
    this.failure = this.querySelector("[role=alert]")
    this.hidden = false
    this.querySelector("button").hidden = false
    this.querySelector("[data-without-script]")?.remove()
    this.form.addEventListener("submit", this)
  }

  async handleEvent(event) {
    event.preventDefault()
    this.failure.hidden = true
    try {
      const credential = await this.ask(await this.options())
      this.form.elements.credential.value = JSON.stringify(credential)
      this.form.submit()
    } catch {
      this.failure.hidden = false
    }
  }

  async options() {
    if (this.dataset.options) return JSON.parse(this.dataset.options).publicKey
    const response = await fetch(this.dataset.optionsUrl, { headers: { Accept: "application/json" } })
    return (await response.json()).request_options.publicKey
  }

  ask(options) {
    if (!options.user) {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
      return navigator.credentials.get({ publicKey })
    }
    if (this.form.elements.passwordless?.checked) {
      Object.assign(options.authenticatorSelection, {
        requireResidentKey: true,
        residentKey: "required",
        userVerification: "required",
      })
    }
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    return navigator.credentials.create({ publicKey })
  }
}

customElements.define("passkey-form", PasskeyForm)
