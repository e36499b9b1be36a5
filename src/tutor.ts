import type { TutorStart } from './cli/actions.ts'
import type { Course } from './course/load.ts'
import { foldProgress } from './course/progress.ts'
import { configDirectory } from './progress/config-directory.ts'
import { readProgress, type StoredProgress } from './progress/read-progress.ts'
import { homeFrame } from './tui/app/home-body.ts'
import { isTooSmall, type Model } from './tui/app/model.ts'
import type { RunningApp } from './tui/app/run-app.tsx'
import type { Capabilities } from './tui/terminal/capabilities.ts'
import type { Key } from './tui/terminal/key.ts'
import { openTerminal, type Terminal } from './tui/terminal/open-terminal.ts'
import { createTheme } from './tui/theme.ts'

type Early = { readonly key: Key } | { readonly paste: string }

/**
 * Opens the tutor. The home screen is drawn first, out of the course's index and the saved progress alone; everything
 * else (Ink, the laboratory, the store) is loaded behind it, and keys that come meanwhile wait.
 */
export const openTutor = (course: Course, capabilities: Capabilities, start: TutorStart): Promise<void> =>
  new Promise(resolve => {
    const early: Early[] = []
    let app: RunningApp | undefined
    const terminal = openTerminal({
      capabilities,
      onKey: key => (app ? app.key(key) : early.push({ key })),
      onPaste: text => (app ? app.paste(text) : early.push({ paste: text })),
      onResize: () => app?.resize(),
      onResume: () => app?.resumed(),
    })
    terminal.onClose(resolve)
    const stored = readProgress(configDirectory(process.env))
    const model = {
      size: terminal.size(),
      theme: createTheme(capabilities),
      course: course.index,
      labs: [],
      progress: foldProgress(stored.document.events),
      notice: stored.notice,
    }
    if (start.kind === 'home' && !isTooSmall(model.size)) preview(terminal, model)
    void loadApp(terminal, model, course, stored, start).then(running => {
      app = running
      running.resize()
      for (const input of early) 'key' in input ? running.key(input.key) : running.paste(input.paste)
    }, terminal.crash)
  })

const preview = (terminal: Terminal, model: Omit<Model, 'screens' | 'prices'>): void => {
  const { head, columns, foot } = homeFrame(model, 0)
  terminal.preview([head, ...columns.flatMap(column => column.tiles), foot].flatMap(tile => tile.rows))
}

const loadApp = async (
  terminal: Terminal,
  model: Omit<Model, 'screens' | 'prices'>,
  course: Course,
  stored: StoredProgress,
  start: TutorStart,
): Promise<RunningApp> => {
  const { startApp } = await import('./start-app.ts')
  return startApp(terminal, model, course, stored, start)
}
