//go:build !noasm

#include "textflag.h"

// combineGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// func combineAVX2(z []float32, a float32, x []float32, b float32, y []float32)
TEXT ·combineAVX2(SB), NOSPLIT, $0-88
	MOVQ z_base+0(FP), DI
	MOVQ z_len+8(FP), CX
	VBROADCASTSS a+24(FP), Y4
	MOVQ x_base+32(FP), SI
	VBROADCASTSS b+56(FP), Y5
	MOVQ y_base+64(FP), R8
	SHLQ $2, CX
	XORQ AX, AX
combine:
	CMPQ AX, CX
	JGE  combined
	VMULPS  (SI)(AX*1), Y4, Y0
	VMULPS  (R8)(AX*1), Y5, Y1
	VADDPS  Y1, Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     combine
combined:
	VZEROUPPER
	RET
