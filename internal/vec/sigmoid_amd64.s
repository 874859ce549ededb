//go:build !noasm

#include "textflag.h"

// sigmoidGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// Constants, float32 unless the name says otherwise.
DATA consts<>+0(SB)/4, $0x42ae0000  // sigmoidEnd = 87
DATA consts<>+4(SB)/4, $0xc2ae0000  // −sigmoidEnd
DATA consts<>+8(SB)/4, $0x3fb8aa3b  // log2e
DATA consts<>+12(SB)/4, $0x3f318000  // ln2High
DATA consts<>+16(SB)/4, $0xb95e8083  // ln2Low
DATA consts<>+20(SB)/4, $0x3f000000  // expR0 = ½
DATA consts<>+24(SB)/4, $0x3e2aaa48  // expR1
DATA consts<>+28(SB)/4, $0x3d2aaa2f  // expR2
DATA consts<>+32(SB)/4, $0x3c091da3  // expR3
DATA consts<>+36(SB)/4, $0x3ab6da0a  // expR4
DATA consts<>+40(SB)/4, $0x3f800000  // 1
DATA consts<>+44(SB)/4, $0x80000000  // sign
GLOBL consts<>(SB), RODATA|NOPTR, $48

// func sigmoidAVX2(y, x []float32)
TEXT ·sigmoidAVX2(SB), NOSPLIT, $0-48
	MOVQ y_base+0(FP), DI
	MOVQ y_len+8(FP), CX
	MOVQ x_base+24(FP), SI
	SHLQ $2, CX
	VBROADCASTSS consts<>+0(SB), Y15
	VBROADCASTSS consts<>+4(SB), Y14
	VBROADCASTSS consts<>+8(SB), Y13
	VBROADCASTSS consts<>+12(SB), Y12
	VBROADCASTSS consts<>+16(SB), Y11
	VBROADCASTSS consts<>+20(SB), Y10
	VBROADCASTSS consts<>+24(SB), Y9
	VBROADCASTSS consts<>+28(SB), Y8
	VBROADCASTSS consts<>+32(SB), Y7
	VBROADCASTSS consts<>+36(SB), Y6
	VBROADCASTSS consts<>+40(SB), Y5
	VBROADCASTSS consts<>+44(SB), Y4
	XORQ AX, AX
sigmoid:
	CMPQ AX, CX
	JGE  sigmoidDone
	VXORPS  (SI)(AX*1), Y4, Y0 // z = −x
	VMINPS  Y0, Y15, Y0        // end < z ? end : z
	VMAXPS  Y0, Y14, Y0        // −end > z ? −end : z
	VMULPS  Y13, Y0, Y1
	VCVTPS2DQ Y1, Y2           // n, rounded to even
	VCVTDQ2PS Y2, Y1
	VMULPS  Y12, Y1, Y3
	VSUBPS  Y3, Y0, Y0
	VMULPS  Y11, Y1, Y3
	VSUBPS  Y3, Y0, Y0         // r
	VMULPS  Y6, Y0, Y1
	VADDPS  Y7, Y1, Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  Y8, Y1, Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  Y9, Y1, Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  Y10, Y1, Y1        // R(r)
	VMULPS  Y0, Y1, Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  Y0, Y1, Y1
	VADDPS  Y5, Y1, Y1         // e^r
	VPSLLD  $23, Y2, Y2
	VPADDD  Y2, Y1, Y1         // e^z
	VADDPS  Y5, Y1, Y1
	VDIVPS  Y1, Y5, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     sigmoid
sigmoidDone:
	VZEROUPPER
	RET
