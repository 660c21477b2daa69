// <steady-form data-health="/healthz"><form>…<output data-offline="No connection…"></output></form></steady-form>
// What is typed leaves the page only by its buttons. Without a connection it waits here, and the
// button that was pressed is pressed again when the connection is back.

class SteadyForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form#listing")
    this.output = this.form.querySelector("output")
    this.form.addEventListener("input", () => (this.isTouched = true))
    this.form.addEventListener("submit", (event) => this.submit(event))
    addEventListener("online", () => this.button && this.send())
    addEventListener("beforeunload", (event) => this.isTouched && event.preventDefault())
  }

  submit(event) {
    this.button = event.submitter
    if (this.isReached) return
    event.preventDefault()
    this.send()
  }

  async send() {
    clearTimeout(this.later)
    try {
      const options = { cache: "no-store", signal: AbortSignal.timeout(8000) }
      const answer = await fetch(this.dataset.health, options)
      if (!answer.ok) throw new Error(answer.status)
    } catch {
      this.output.value = this.output.dataset.offline
      this.later = setTimeout(() => this.send(), 5000)
      return
    }
    this.isReached = true
    this.isTouched = false
    this.form.requestSubmit(this.button)
    this.isReached = false
  }
}

customElements.define("steady-form", SteadyForm)
