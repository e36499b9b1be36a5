import type { Scope } from '../keymap.ts'
import { drawerScopes } from '../screens/lab-keys.ts'
import { isTyping, lessonScopes } from '../screens/lesson-keys.ts'
import { questionScopes } from '../screens/question.ts'
import { type Model, type Screen, shownScreen } from './model.ts'

/** The key scopes of a screen, innermost first. */
export const scopesOf = (screen: Screen): readonly Scope[] => {
  switch (screen.kind) {
    case 'home':
    case 'labs':
    case 'topics':
    case 'glossary':
    case 'search':
      return ['list']
    case 'help':
      return ['reading']
    case 'lesson':
      return lessonScopes(screen.state)
    case 'lab': {
      const { drawer } = screen.state
      return drawer ? drawerScopes(drawer) : ['lab']
    }
    case 'quiz': {
      const { quiz } = screen.state
      return quiz && quiz.question.phase !== 'stored' ? questionScopes(quiz.question) : ['lesson', 'reading']
    }
  }
}

/** Whether letters are text just now, so that only ctrl+c, esc and the field's own keys mean anything else. */
export const typesText = (model: Model): boolean => {
  const screen = shownScreen(model)
  if (screen.kind === 'search') return true
  if (screen.kind === 'lesson') return isTyping(screen.state)
  const question = screen.kind === 'quiz' ? screen.state.quiz?.question : undefined
  return question?.form === 'number' && question.phase === 'answer'
}
