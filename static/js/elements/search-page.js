// <search-page hx-…><form>…<details id="…">…</form><section id="results">…</section></search-page>
// What the reader has opened or closed stays so when the filters come anew from the server.

// htmx leaves the address in the storage of the tab, where nothing needs it; it may have done so
// before this came.
const forget = () => sessionStorage.removeItem("htmx-current-path-for-history")
forget()
for (const name of ["htmx:load", "htmx:pushedIntoHistory"]) document.addEventListener(name, forget)

class SearchPage extends HTMLElement {
  connectedCallback() {
    this.addEventListener("htmx:beforeSwap", this)
    this.addEventListener("htmx:afterSettle", this)
  }

  handleEvent(event) {
    const parts = [...this.querySelectorAll("details[id]")]
    if (event.type === "htmx:beforeSwap") {
      this.states = new Map(parts.map((part) => [part.id, part.open]))
      return
    }
    for (const part of parts) part.open = this.states?.get(part.id) ?? part.open
  }
}

customElements.define("search-page", SearchPage)
