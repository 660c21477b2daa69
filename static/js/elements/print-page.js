// <print-page><button type="button" hidden>Print</button></print-page>

class PrintPage extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button")
    button.hidden = false
    button.addEventListener("click", () => print())
  }
}

customElements.define("print-page", PrintPage)
