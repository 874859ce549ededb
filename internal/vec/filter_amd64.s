//go:build !noasm

#include "textflag.h"

// applyGeneric and applySomaGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// func filterSomaAVX2(f *Filter, next, soma []float32, retain, pull float32, x1, x2, u, leaving, bias []float32)
TEXT ·filterSomaAVX2(SB), NOSPLIT, $0-184
	MOVQ f+0(FP), AX
	VBROADCASTSS 0(AX), Y8   // Decay1
	VBROADCASTSS 4(AX), Y9   // Decay2
	VBROADCASTSS 8(AX), Y10  // Drop1
	VBROADCASTSS 12(AX), Y11 // Drop2
	VBROADCASTSS 16(AX), Y12 // Gain1
	VBROADCASTSS 20(AX), Y13 // Gain2
	MOVQ next_base+8(FP), DI
	MOVQ next_len+16(FP), CX
	MOVQ soma_base+32(FP), SI
	VBROADCASTSS retain+56(FP), Y14
	VBROADCASTSS pull+60(FP), Y15
	MOVQ x1_base+64(FP), R8
	MOVQ x2_base+88(FP), R9
	MOVQ u_base+112(FP), R10
	MOVQ leaving_base+136(FP), R11
	MOVQ bias_base+160(FP), R12
	SHLQ $2, CX
	XORQ AX, AX
	CMPQ AX, CX
	JGE  filteredSoma
filterSoma:
	VMOVUPS (R10)(AX*1), Y0     // u
	VMOVUPS (R11)(AX*1), Y1     // leaving
	VADDPS  (R8)(AX*1), Y0, Y2
	VADDPS  (R9)(AX*1), Y0, Y3
	VMULPS  Y2, Y8, Y2
	VMULPS  Y3, Y9, Y3
	VMULPS  Y1, Y10, Y4
	VMULPS  Y1, Y11, Y5
	VSUBPS  Y4, Y2, Y2
	VSUBPS  Y5, Y3, Y3
	VMOVUPS Y2, (R8)(AX*1)
	VMOVUPS Y3, (R9)(AX*1)
	VMULPS  Y2, Y12, Y2
	VMULPS  Y3, Y13, Y3
	VADDPS  Y3, Y2, Y2
	VADDPS  (R12)(AX*1), Y2, Y2 // v
	VMULPS  (SI)(AX*1), Y14, Y3
	VMULPS  Y2, Y15, Y2
	VADDPS  Y2, Y3, Y2
	VMOVUPS Y2, (DI)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, CX
	JLT     filterSoma
filteredSoma:
	VZEROUPPER
	RET

// func filterAVX2(f *Filter, v, x1, x2, u, leaving, bias []float32)
TEXT ·filterAVX2(SB), NOSPLIT, $0-152
	MOVQ f+0(FP), AX
	VBROADCASTSS 0(AX), Y8   // Decay1
	VBROADCASTSS 4(AX), Y9   // Decay2
	VBROADCASTSS 8(AX), Y10  // Drop1
	VBROADCASTSS 12(AX), Y11 // Drop2
	VBROADCASTSS 16(AX), Y12 // Gain1
	VBROADCASTSS 20(AX), Y13 // Gain2
	MOVQ v_base+8(FP), DI
	MOVQ v_len+16(FP), CX
	MOVQ x1_base+32(FP), R8
	MOVQ x2_base+56(FP), R9
	MOVQ u_base+80(FP), R10
	MOVQ leaving_base+104(FP), R11
	MOVQ bias_base+128(FP), R12
	SHLQ $2, CX
	XORQ AX, AX
filter:
	CMPQ AX, CX
	JGE  filtered
	VMOVUPS (R10)(AX*1), Y0     // u
	VMOVUPS (R11)(AX*1), Y1     // leaving
	VADDPS  (R8)(AX*1), Y0, Y2
	VADDPS  (R9)(AX*1), Y0, Y3
	VMULPS  Y2, Y8, Y2
	VMULPS  Y3, Y9, Y3
	VMULPS  Y1, Y10, Y4
	VMULPS  Y1, Y11, Y5
	VSUBPS  Y4, Y2, Y2
	VSUBPS  Y5, Y3, Y3
	VMOVUPS Y2, (R8)(AX*1)
	VMOVUPS Y3, (R9)(AX*1)
	VMULPS  Y2, Y12, Y2
	VMULPS  Y3, Y13, Y3
	VADDPS  Y3, Y2, Y2
	VADDPS  (R12)(AX*1), Y2, Y2
	VMOVUPS Y2, (DI)(AX*1)
	ADDQ    $32, AX
	JMP     filter
filtered:
	VZEROUPPER
	RET
