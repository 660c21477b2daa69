// <live-part><div id="…" data-waits>…</div></live-part>
// What is in it comes anew from the same address for as long as it says that it waits.

const PAUSE = 2000

class LivePart extends HTMLElement {
  connectedCallback() {
    this.wait()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
  }

  wait() {
    clearTimeout(this.timer)
    if (this.querySelector("[data-waits]")) this.timer = setTimeout(() => this.look(), PAUSE)
  }

  async look() {
    try {
      const answer = await fetch(location.pathname)
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      const fresh = page.querySelector("live-part")
      if (fresh) this.show(fresh, page)
    } finally {
      this.wait()
    }
  }

  show(fresh, page) {
    const [part] = this.children
    const [next] = fresh.children
    if (next.hasAttribute("data-waits")) {
      // The link in it keeps the focus.
      for (const each of ["progress", "[role=status]"]) {
        part.querySelector(each)?.replaceWith(next.querySelector(each))
      }
      return
    }
    part.replaceWith(next)
    // The signs in it are drawn once a page.
    document.querySelector("body > svg[hidden]").replaceWith(page.querySelector("body > svg[hidden]"))
  }
}

customElements.define("live-part", LivePart)
