//go:build !noasm

#include "textflag.h"

// addOuterGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// func addOuterAVX2(w []float32, stride int, s, d []float32)
TEXT ·addOuterAVX2(SB), NOSPLIT, $0-80
	MOVQ w_base+0(FP), DI
	MOVQ stride+24(FP), R8
	SHLQ $2, R8             // bytes
	MOVQ s_base+32(FP), SI
	MOVQ s_len+40(FP), R9
	LEAQ (SI)(R9*4), R9     // end of s
	MOVQ d_base+56(FP), R10
	MOVQ d_len+64(FP), CX
	SHLQ $2, CX
	JEQ  outerDone
outer:
	CMPQ SI, R9
	JGE  outerDone
	MOVL (SI), AX
	ADDL AX, AX             // zero for ±0, in which only the sign may be set
	JEQ  outerNext
	VBROADCASTSS (SI), Y2
	XORQ AX, AX
outerRow:
	VMULPS  (R10)(AX*1), Y2, Y0
	VADDPS  (DI)(AX*1), Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, CX
	JLT     outerRow
outerNext:
	ADDQ $4, SI
	ADDQ R8, DI
	JMP  outer
outerDone:
	VZEROUPPER
	RET
