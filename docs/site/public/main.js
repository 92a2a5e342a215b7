// The documents link to source files, which the site carries. A browser would offer to save them: source.html shows them instead.
const SOURCE = /\.(cs|targets|props|proto|py|c|sh)$/
const LANGUAGES = { targets: 'xml', props: 'xml', proto: 'protobuf', py: 'python', sh: 'bash' }

function openSourcesInPage() {
  const root = new URL(document.querySelector('meta[name="docfx:rel"]').content || '.', location.href)
  for (const link of document.querySelectorAll('article a[href]'))
    if (SOURCE.test(link.href) && link.href.startsWith(root.href))
      link.href = new URL('source.html?file=' + link.href.slice(root.href.length), root)
}

async function showSource(highlighter) {
  // A block without a language is a command or what a program printed: colors would be guesses.
  highlighter.configure({ languages: [] })
  const block = document.getElementById('file')
  const file = new URLSearchParams(location.search).get('file')
  if (!block || !SOURCE.test(file) || new URL(file, location.href).origin !== location.origin)
    return
  const answer = await fetch(file)
  const name = file.split('/').pop()
  document.querySelector('article h1').textContent = name
  document.title = `${name} | GanSharp`
  const code = document.createElement('code')
  code.textContent = answer.ok ? await answer.text() : `There is no ${file}.`
  const extension = name.split('.').pop()
  code.className = 'lang-' + (LANGUAGES[extension] ?? extension)
  block.replaceWith(code)
  highlighter.highlightElement(code)
}

export default { start: openSourcesInPage, configureHljs: showSource }
