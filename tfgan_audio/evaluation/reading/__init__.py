"""How well read speech says its text, and how it compares with a recording of it.

recognition  word errors of a recognizer
warped       distances along the path of dynamic time warping, pitch and length
speakers     how alike two voices are
scores       all of it over sets of files
"""
