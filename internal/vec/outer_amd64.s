//go:build !noasm

#include "textflag.h"

// addOuterGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// func addOuterAVX2(w []float32, stride int, rows []int32, s, d []float32)
TEXT ·addOuterAVX2(SB), NOSPLIT, $0-104
	MOVQ w_base+0(FP), DI
	MOVQ stride+24(FP), R8
	SHLQ $2, R8             // bytes
	MOVQ rows_base+32(FP), SI
	MOVQ rows_len+40(FP), R9
	LEAQ (SI)(R9*4), R9     // end of rows
	MOVQ s_base+56(FP), R11
	MOVQ d_base+80(FP), R10
	MOVQ d_len+88(FP), CX
	SHLQ $2, CX
	JEQ  outerDone
	CMPQ CX, $256
	JEQ  outer64
outer:
	CMPQ SI, R9
	JGE  outerDone
	MOVLQSX (SI), DX
	ADDQ $4, SI
	VBROADCASTSS (R11)(DX*4), Y2
	IMULQ R8, DX
	ADDQ DI, DX
	XORQ AX, AX
outerRow:
	VMULPS  (R10)(AX*1), Y2, Y0
	VADDPS  (DX)(AX*1), Y0, Y0
	VMOVUPS Y0, (DX)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, CX
	JLT     outerRow
	JMP     outer

	// Rows of a block, with d in registers.
outer64:
	VMOVUPS (R10), Y8
	VMOVUPS 32(R10), Y9
	VMOVUPS 64(R10), Y10
	VMOVUPS 96(R10), Y11
	VMOVUPS 128(R10), Y12
	VMOVUPS 160(R10), Y13
	VMOVUPS 192(R10), Y14
	VMOVUPS 224(R10), Y15
outer64Row:
	MOVLQSX (SI), DX
	ADDQ $4, SI
	VBROADCASTSS (R11)(DX*4), Y7
	IMULQ R8, DX
	ADDQ DI, DX
	VMULPS  Y8, Y7, Y0
	VMULPS  Y9, Y7, Y1
	VMULPS  Y10, Y7, Y2
	VMULPS  Y11, Y7, Y3
	VADDPS  (DX), Y0, Y0
	VADDPS  32(DX), Y1, Y1
	VADDPS  64(DX), Y2, Y2
	VADDPS  96(DX), Y3, Y3
	VMOVUPS Y0, (DX)
	VMOVUPS Y1, 32(DX)
	VMOVUPS Y2, 64(DX)
	VMOVUPS Y3, 96(DX)
	VMULPS  Y12, Y7, Y0
	VMULPS  Y13, Y7, Y1
	VMULPS  Y14, Y7, Y2
	VMULPS  Y15, Y7, Y3
	VADDPS  128(DX), Y0, Y0
	VADDPS  160(DX), Y1, Y1
	VADDPS  192(DX), Y2, Y2
	VADDPS  224(DX), Y3, Y3
	VMOVUPS Y0, 128(DX)
	VMOVUPS Y1, 160(DX)
	VMOVUPS Y2, 192(DX)
	VMOVUPS Y3, 224(DX)
	CMPQ    SI, R9
	JLT     outer64Row
outerDone:
	VZEROUPPER
	RET
