// <page-dialog>: one dialog above the page, made by app.js for links and forms marked data-dialog.
// Asked with X-Dialog the server sends what the dialog holds, its head with <h2 id="dialog-title">
// and a <form method="dialog"> included; any other answer is a page of its own. What is marked
// inside leads on in the same dialog.

const HEADER = "X-Dialog"

class PageDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = document.createElement("dialog")
    this.dialog.className = "dialog panel panel--flush"
    this.dialog.setAttribute("aria-labelledby", "dialog-title")
    this.dialog.addEventListener("close", () => this.opener?.focus())
    this.status = document.createElement("p")
    this.status.className = "unseen"
    this.status.role = "status"
    this.content = document.createElement("div")
    this.dialog.append(this.content, this.status)
    this.append(this.dialog)
  }

  // `from` is the link or the form; `button` the one that sent it.
  async show(from, button) {
    if (from.pathname === location.pathname) return this.leave(from.href)
    if (this.isBusy) return
    this.isBusy = true
    try {
      const answer = await this.ask(from, button)
      if (answer.status >= 500) throw new Error(answer.status)
      // A refusal that has a page of its own: the browser asks for it, with all that was typed.
      if (!answer.ok && !answer.headers.has(HEADER) && from.matches("form")) return this.send(from, button)
      const isHere = new URL(answer.url).pathname === location.pathname
      if (!answer.headers.has(HEADER) || isHere) {
        return this.leave(answer.headers.get("X-Location") ?? answer.url)
      }
      if (!this.dialog.open) this.opener = button ?? from
      this.fill(await answer.text())
    } catch (trouble) {
      const notice = this.dialog.open && this.content.querySelector("[data-offline]")
      if (!notice) throw trouble
      notice.hidden = false
    } finally {
      this.isBusy = false
    }
  }

  ask(from, button) {
    const headers = { [HEADER]: "1" }
    if (from.matches("a")) return fetch(from.href, { headers })
    const body = new URLSearchParams(new FormData(from, button))
    const send = () => fetch(button?.getAttribute("formaction") ?? from.getAttribute("action"), { method: "POST", body, headers })
    // A browser without a cart gets one with its first answer; another tab waits for it, or it would get a second one.
    if (!navigator.locks || document.cookie.includes("cart_count=")) return send()
    return navigator.locks.request("cart", { signal: AbortSignal.timeout(15000) }, send)
  }

  fill(html) {
    const active = document.activeElement?.id
    const template = document.createElement("template")
    template.innerHTML = html
    this.content.replaceChildren(template.content)
    if (!this.dialog.open) this.dialog.showModal()
    const same = active && this.content.querySelector(`#${CSS.escape(active)}`)
    const next = this.content.querySelector("[autofocus]") ?? (same || this.querySelector("h2"))
    next.focus()
    this.status.textContent = this.content.querySelector("[data-said]")?.textContent ?? ""
  }

  // As the button says: what goes back to the cart is no order.
  send(form, button) {
    const marked = (button ?? form).closest("[data-dialog]")
    marked.removeAttribute("data-dialog")
    form.requestSubmit(button)
  }

  leave(address) {
    location.assign(address)
  }
}

customElements.define("page-dialog", PageDialog)

// The one of this page.
export const show = (from, button) => {
  const dialog = document.querySelector("page-dialog") ?? document.createElement("page-dialog")
  if (!dialog.isConnected) document.body.append(dialog)
  return dialog.show(from, button)
}
