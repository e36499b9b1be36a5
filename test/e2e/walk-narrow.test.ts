import { walkAllLessons } from './walk.ts'

walkAllLessons(80, 24)
