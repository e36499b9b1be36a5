import { describe, expect, it } from 'vitest'
import { quizTopics } from '../../../src/course/quiz-topic.ts'
import { openTopicQuiz } from '../../../src/topic-quiz.ts'
import { currentItem } from '../../../src/tui/screens/quiz-state.ts'
import type { TopicQuiz } from '../../../src/tui/screens/topic-quiz.ts'
import { Trial, trialCourse } from './trial.ts'

const quizOn = (id: string | null): Trial => {
  const trial = new Trial({ columns: 80, rows: 24 })
  return trial.open(openTopicQuiz(trial.model, trialCourse.index, id))
}

const stateOf = (trial: Trial): TopicQuiz => {
  if (trial.screen.kind !== 'quiz') throw new Error(`the screen shows ${trial.screen.kind}`)
  return trial.screen.state
}

/** Answers whatever is asked, and says that it was sure. */
const answer = (trial: Trial): Trial => {
  const { quiz } = stateOf(trial)
  if (!quiz) throw new Error('nothing is asked')
  const { form } = quiz.question
  if (form === 'number') return trial.type('10').press('enter 3')
  if (form === 'order') return trial.press('enter 3')
  return form === 'multiple' ? trial.press('1 enter 3') : trial.press('enter 3')
}

describe('a quiz outside the lessons', () => {
  it('asks one question of each lesson in turn and tells the result by lesson', () => {
    const trial = quizOn('trial')
    const count = stateOf(trial).sources.length
    const items = new Set<string>()
    for (let k = 0; k < count; k++) {
      items.add(`${currentItem(stateOf(trial).quiz ?? expect.fail('no question')).id} ${k}`)
      answer(trial).press('enter')
    }
    expect(items.size).toBe(count)
    expect(stateOf(trial).source).toBeNull()
    expect(stateOf(trial).results).toHaveLength(count)
    expect(trial.text).toMatch(/\d+ of \d+ right at the first try/)
    const titles = trialCourse.index.tracks.flatMap(track => track.lessons.map(lesson => lesson.title))
    for (const title of titles) expect(trial.text).toContain(title)
  })

  it('saves each answer under the lesson of its question before it shows anything', () => {
    const trial = quizOn('trial').holdDisk()
    const { source } = stateOf(trial)
    answer(trial)
    expect(stateOf(trial).quiz?.feedback).toBeNull()
    trial.diskAnswers()
    expect(stateOf(trial).quiz?.feedback).not.toBeNull()
    expect(trial.happenings.at(-1)).toMatchObject({
      kind: 'answered',
      ...(source?.kind === 'lesson' ? { lesson: source.lesson, item: source.item } : {}),
    })
  })

  it('shows what came of it when it is stopped, an answer whose feedback is shown included', () => {
    const trial = answer(quizOn('trial'))
    trial.press('escape')
    expect(stateOf(trial).results).toHaveLength(1)
    expect(trial.text).toContain('of 1 right at the first try')
    trial.press('escape')
    expect(trial.screen.kind).toBe('home')
  })

  it('is left at once where nothing was answered', () => {
    expect(quizOn('trial').press('escape').screen.kind).toBe('home')
  })

  it('begins with what was never answered, then what was missed', () => {
    const trial = quizOn('trial')
    const first = stateOf(trial).sources
    answer(trial).press('escape escape')
    trial.open(openTopicQuiz(trial.model, trialCourse.index, 'trial'))
    const again = stateOf(trial).sources
    expect(new Set(again.map(each => JSON.stringify(each)))).toEqual(new Set(first.map(each => JSON.stringify(each))))
    expect(again[0]).not.toEqual(first[0])
  })

  it('draws questions from fresh runs without end, in turn, and never the same twice', () => {
    const trial = quizOn('runs')
    const seen: string[] = []
    for (let k = 0; k < 7; k++) {
      seen.push(JSON.stringify(stateOf(trial).source))
      answer(trial).press('enter')
    }
    expect(new Set(seen).size).toBe(7)
    expect(seen[0]).toContain('linearizable')
    expect(seen[3]).toContain('"seed":2')
    expect(stateOf(trial).source).not.toBeNull()
    expect(trial.press('escape').text).toContain('Is this history linearizable?')
  })

  it('keeps the order of the options while one is under way', () => {
    const trial = quizOn('runs')
    const shown = stateOf(trial).quiz?.question.shown
    answer(trial)
    expect(stateOf(trial).quiz?.question.shown).toEqual(shown)
  })

  it('is found from the home screen, where every topic has a row', () => {
    const trial = new Trial({ columns: 120, rows: 40 })
    while (!/❯ Quiz/.test(trial.text)) trial.press('down')
    trial.press('enter')
    for (const { title } of quizTopics(trialCourse.index)) expect(trial.text).toContain(title)
    trial.press('enter')
    expect(stateOf(trial).topic.id).toBe('runs')
  })
})
