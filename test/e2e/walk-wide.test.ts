import { walkAllLessons } from './walk.ts'

walkAllLessons(120, 40)
