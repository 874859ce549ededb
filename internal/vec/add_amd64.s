//go:build !noasm

#include "textflag.h"

// addGeneric and addScaledGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// func addAVX2(x, d []float32)
TEXT ·addAVX2(SB), NOSPLIT, $0-48
	MOVQ x_base+0(FP), DI
	MOVQ x_len+8(FP), CX
	MOVQ d_base+24(FP), SI
	SHLQ $2, CX
	XORQ AX, AX
add:
	CMPQ AX, CX
	JGE  added
	VMOVUPS (DI)(AX*1), Y0
	VADDPS  (SI)(AX*1), Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     add
added:
	VZEROUPPER
	RET

// func addScaledAVX2(x []float32, s float32, d []float32)
TEXT ·addScaledAVX2(SB), NOSPLIT, $0-56
	MOVQ x_base+0(FP), DI
	MOVQ x_len+8(FP), CX
	VBROADCASTSS s+24(FP), Y2
	MOVQ d_base+32(FP), SI
	SHLQ $2, CX
	XORQ AX, AX
scaled:
	CMPQ AX, CX
	JGE  scaledDone
	VMULPS  (SI)(AX*1), Y2, Y0
	VADDPS  (DI)(AX*1), Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     scaled
scaledDone:
	VZEROUPPER
	RET
