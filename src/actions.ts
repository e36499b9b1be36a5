import type { Actions, GlobalOptions, RunOutcome, RunRequest, TrackRow } from './cli/actions.ts'
import type { GoalReport } from './cli/run-report.ts'
import { contentFolder } from './content-folder.ts'
import type { Course } from './course/load.ts'
import { openCompiled } from './course/load.ts'
import { foldProgress, lessonProgress } from './course/progress.ts'
import { configDirectory } from './progress/config-directory.ts'
import { readProgress } from './progress/read-progress.ts'
import type { Capabilities } from './tui/terminal/capabilities.ts'

/** The work behind the command line, put together out of the layers. What only one command needs is loaded by it. */
export const actionsOf = (options: GlobalOptions, capabilities: Capabilities): Actions => {
  let opened: Course | undefined
  const course = async (): Promise<Course> => {
    opened ??= await openCourse(options.lessons)
    return opened
  }
  return {
    openTutor: async start => {
      const { openTutor } = await import('./tutor.ts')
      const from = await course()
      return openTutor(from, capabilities, start)
    },
    tracks: async () => tracksOf(await course()),
    topics: async () => {
      const { topicIds } = await import('./course/quiz-topic.ts')
      return topicIds((await course()).index)
    },
    labs: async () => {
      const { labRows } = await import('./labs.ts')
      return labRows(await course())
    },
    run: async request => runRequest(await course(), request),
  }
}

const openCourse = async (folder: string | null): Promise<Course> => {
  if (folder === null) return openCompiled(contentFolder)
  const [{ parseCourse }, { createLaboratory }] = await Promise.all([
    import('./course/parse-course.ts'),
    import('./course/laboratory.ts'),
  ])
  return parseCourse(folder, createLaboratory())
}

const tracksOf = (course: Course): readonly TrackRow[] => {
  const stored = readProgress(configDirectory(process.env))
  const progress = foldProgress(stored.document.events)
  return course.index.tracks.map(track => ({
    id: track.id,
    title: track.title,
    lessons: track.lessons.map(lesson => ({
      id: lesson.id,
      track: lesson.track,
      title: lesson.title,
      minutes: lesson.minutes,
      goals: lesson.goals.length,
      quizItems: lesson.quizItems.length,
      predictions: lesson.predictions.length,
      claims: lesson.claims.length,
      status: lessonProgress(progress, lesson.id).status,
    })),
  }))
}

const runRequest = async (course: Course, request: RunRequest): Promise<RunOutcome> => {
  const [{ findLab }, { parseRunCode, checkRunCode, printRunCode }, { runLab }, { readLabCommands, readLabSettings }] =
    await Promise.all([
      import('./labs.ts'),
      import('./lab/run-code.ts'),
      import('./lab/run-lab.ts'),
      import('./lab-commands.ts'),
    ])
  const plan = (() => {
    if (request.kind === 'code') {
      const code = parseRunCode(request.code)
      const lab = findLab(course, code.lab)
      checkRunCode(code, lab)
      return { lab, seed: code.seed, settings: code.settings, commands: code.commands, endUs: code.endUs }
    }
    const lab = findLab(course, request.lab)
    const commands = readLabCommands(lab, request.commands ?? '')
    const settings = readLabSettings(lab, request.settings ?? '')
    return { lab, seed: request.seed ?? lab.seed, settings, commands, endUs: null }
  })()
  const { lab, seed, settings, commands, endUs } = plan
  const result = runLab(lab, seed, commands, { settings, endUs: endUs ?? lab.untilUs, trace: true })
  const goals = lab.goals.map(({ id, say }): GoalReport => {
    const reached = result.goals[id] ?? null
    return { id, say, reached: reached !== null, atUs: reached?.atUs ?? null }
  })
  return {
    report: {
      code: printRunCode(lab, { seed, settings, commands, endUs }),
      lab: lab.id,
      seed,
      nowUs: result.nowUs,
      trace: result.trace,
      history: result.history,
      phenomena: result.phenomena,
      verdicts: result.verdicts,
      goals,
    },
    notices: result.log
      .filter(entry => entry.state === 'skipped')
      .map(entry => `${entry.text}: skipped, ${entry.why ?? ''}`),
  }
}
