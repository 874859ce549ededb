//go:build !noasm

#include "textflag.h"

// acceptGeneric and acceptBelowGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// func acceptASM(list, cells []int32, marks []uint32, base, end int32, v []float32, theta *Thresholds) (tried, accepted int)
//
// It does not branch on whether a candidate is accepted, because that cannot be
// predicted: it writes every neuron, and the next one over it unless the neuron was
// accepted. One comparison covers both ends of the interval; its other two results are
// masked.
TEXT ·acceptASM(SB), NOSPLIT, $0-128
	MOVQ list_base+0(FP), DI
	MOVQ cells_base+24(FP), SI
	MOVQ marks_base+48(FP), R8
	MOVL base+72(FP), CX
	MOVL end+76(FP), R14
	MOVQ v_base+80(FP), R9
	MOVQ theta+104(FP), R10
	XORQ AX, AX                  // tried
	XORQ BX, BX                  // accepted
	MOVL (SI), DX
	CMPL DX, R14
	JGE  accepted
accept:
	MOVL (R8)(AX*4), R11
	SUBL CX, DX
	SHRL $22, R11
	VBROADCASTSS (R9)(DX*4), X0
	MOVL DX, (DI)(BX*4)
	VCMPPS $0x1d, (R10)(R11*4), X0, X1 // v ≥ θ
	VMOVMSKPS X1, R12
	ANDL $3, R12                 // 0: below, 1: within, 3: above
	CMPL R12, $1
	JEQ  accepted
	SHRL $1, R12
	INCQ AX
	ADDQ R12, BX
	MOVL (SI)(AX*4), DX
	CMPL DX, R14
	JLT  accept
accepted:
	MOVQ AX, tried+112(FP)
	MOVQ BX, accepted+120(FP)
	RET

// func acceptBelowASM(list, cells []int32, marks []uint32, base, end int32, names []int32, most []uint32) (tried, accepted int)
TEXT ·acceptBelowASM(SB), NOSPLIT, $0-144
	MOVQ list_base+0(FP), DI
	MOVQ cells_base+24(FP), SI
	MOVQ marks_base+48(FP), R8
	MOVL base+72(FP), CX
	MOVL end+76(FP), R14
	MOVQ names_base+80(FP), R9
	MOVQ most_base+104(FP), R10
	XORQ AX, AX                  // tried
	XORQ BX, BX                  // accepted
acceptBelow:
	MOVL (SI)(AX*4), DX
	CMPL DX, R14
	JGE  acceptedBelow
	SUBL CX, DX
	MOVL (R8)(AX*4), R11
	MOVL (R9)(DX*4), R12
	MOVL R12, (DI)(BX*4)
	XORL R13, R13
	CMPL R11, (R10)(DX*4)        // the mark is at most this
	SETLS R13
	ADDQ R13, BX
	INCQ AX
	JMP  acceptBelow
acceptedBelow:
	MOVQ AX, tried+128(FP)
	MOVQ BX, accepted+136(FP)
	RET
